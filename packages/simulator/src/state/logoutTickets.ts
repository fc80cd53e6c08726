import { randomUUID } from 'node:crypto';

/** What a logout has to do at the MVPD. */
export interface LogoutTicket {
  readonly mvpd: string;
  readonly redirectUrl: string | undefined;
}

const capacity = 1000;

/** So that a logout URL leads where its app wanted to, and cannot be made to lead anywhere else. */
export class LogoutTickets {
  readonly #tickets = new Map<string, LogoutTicket>();

  issue(ticket: LogoutTicket): string {
    const id = randomUUID();
    this.#tickets.set(id, ticket);
    const [oldest] = this.#tickets.keys();
    if (this.#tickets.size > capacity && oldest !== undefined) this.#tickets.delete(oldest);
    return id;
  }

  find(id: string): LogoutTicket | undefined {
    return this.#tickets.get(id);
  }

  clear(): void {
    this.#tickets.clear();
  }
}
