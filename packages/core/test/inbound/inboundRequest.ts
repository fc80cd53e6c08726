import type { IncomingRequest, PendingResponse } from '../../src/inbound/IncomingRequest.js';

/** A response whose connection a test can end. */
export class FakeResponse implements PendingResponse {
  destroyed = false;
  writableEnded = false;
  readonly #listeners: (() => void)[] = [];

  once(_event: 'close', listener: () => void): void {
    this.#listeners.push(listener);
  }

  get listeners(): number {
    return this.#listeners.length;
  }

  close(): void {
    this.destroyed = true;
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

export interface FakeRequest extends IncomingRequest {
  readonly response: FakeResponse;
}

export function inboundRequest(
  headers: Readonly<Record<string, string>> = {},
  given: Partial<Omit<IncomingRequest, 'response' | 'header'>> = {},
): FakeRequest {
  return {
    method: 'GET',
    address: '203.0.113.7',
    socketAddress: '203.0.113.7',
    socketPort: 53_124,
    ...given,
    response: new FakeResponse(),
    header: (name) => headers[name],
  };
}
