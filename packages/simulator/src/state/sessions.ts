import { randomInt, randomUUID } from 'node:crypto';

import type { ProfileOwner } from './profiles.js';

/** No 0 O, 1 I L, 2 Z, 5 S, 8 B, U V: what looks alike on a set across the room. */
const alphabet = 'ACDEFGHJKMNPQRTWXY34679';
const codeLength = 7;
const codeLifeMs = 30 * 60_000;

/** What somebody has to say before a viewer can be sent to an MVPD. */
export interface SessionParameters {
  readonly mvpd?: string;
  readonly domainName?: string;
  readonly redirectUrl?: string;
}

/** Identities of single sign-on that the request carried, by kind. */
export interface Subjects {
  readonly serviceToken?: string;
  readonly platformToken?: string;
}

/** What the request that created the session said of its device. */
export interface DeviceFacts {
  readonly deviceInfo: string | undefined;
  readonly userAgent: string | undefined;
  readonly address: string | undefined;
}

/** An attempt to sign a viewer in, known by its code. */
export interface Session {
  readonly code: string;
  readonly sessionId: string;
  /** Whose profile it leads to. */
  readonly owner: ProfileOwner;
  readonly parameters: SessionParameters;
  readonly subjects: Subjects;
  readonly device: DeviceFacts;
  /** Epoch milliseconds, simulated. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly state: 'open' | 'completed' | 'void';
}

/** What tests see of it. */
export interface SessionSummary {
  readonly code: string;
  readonly device: string;
  readonly serviceProvider: string;
  readonly clientId: string;
  readonly mvpd: string | undefined;
  readonly notAfter: number;
  readonly state: Session['state'];
}

export interface SessionFilter {
  readonly device?: string;
  readonly serviceProvider?: string;
}

export class Sessions {
  readonly #sessions = new Map<string, Session>();

  /** Voids what was open for the same device of the same pair: the viewer has one code to go by. */
  create(session: Pick<Session, 'owner' | 'parameters' | 'subjects' | 'device'>, nowMs: number): Session {
    for (const other of this.#sessions.values())
      if (other.state === 'open' && isSame(other.owner, session.owner))
        this.#put({ ...other, state: 'void' });
    const created: Session = {
      ...session,
      code: this.#unusedCode(),
      sessionId: randomUUID(),
      notBefore: nowMs,
      notAfter: nowMs + codeLifeMs,
      state: 'open',
    };
    this.#put(created);
    return created;
  }

  find(code: string): Session | undefined {
    return this.#sessions.get(code);
  }

  /** By the id that travels through the MVPD's pages. */
  findById(sessionId: string): Session | undefined {
    return [...this.#sessions.values()].find((session) => session.sessionId === sessionId);
  }

  supply(code: string, parameters: SessionParameters): void {
    const session = this.#sessions.get(code);
    if (session !== undefined)
      this.#put({ ...session, parameters: { ...session.parameters, ...parameters } });
  }

  complete(code: string): void {
    const session = this.#sessions.get(code);
    if (session !== undefined) this.#put({ ...session, state: 'completed' });
  }

  list(filter: SessionFilter = {}): SessionSummary[] {
    return [...this.#sessions.values()]
      .filter(
        ({ owner }) =>
          (filter.device === undefined || owner.device === filter.device) &&
          (filter.serviceProvider === undefined || owner.serviceProvider === filter.serviceProvider),
      )
      .map(({ code, owner, parameters, notAfter, state }) => ({
        code,
        ...owner,
        mvpd: parameters.mvpd,
        notAfter,
        state,
      }));
  }

  dump(): readonly Session[] {
    return [...this.#sessions.values()];
  }

  load(sessions: readonly Session[]): void {
    for (const session of sessions) this.#put(session);
  }

  clear(): void {
    this.#sessions.clear();
  }

  #put(session: Session): void {
    this.#sessions.set(session.code, session);
  }

  #unusedCode(): string {
    for (;;) {
      const code = Array.from({ length: codeLength }, () => alphabet.charAt(randomInt(alphabet.length))).join(
        '',
      );
      if (!this.#sessions.has(code)) return code;
    }
  }
}

/** Whether the session can still lead to a sign-in. */
export function isOpen({ state, notAfter }: Session, nowMs: number): boolean {
  return state === 'open' && nowMs < notAfter;
}

function isSame(one: ProfileOwner, other: ProfileOwner): boolean {
  return (
    one.clientId === other.clientId &&
    one.device === other.device &&
    one.serviceProvider === other.serviceProvider
  );
}
