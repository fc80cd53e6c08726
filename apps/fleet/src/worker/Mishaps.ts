import { subscribe } from 'node:diagnostics_channel';
import { memberOf } from './memberOf.js';
import type { KillPoint, Mishap } from './Mishap.js';

/** Stops this process at the point that was named last, once. */
export class Mishaps {
  #armed: Mishap | null;

  constructor(armed: Mishap | null) {
    this.#armed = armed;
    // undici publishes this when an answer is here to its last byte, and before anybody hears of it.
    subscribe('undici:request:trailers', (message) => this.#answered(pathOf(message)));
  }

  arm(mishap: Mishap): void {
    this.#armed = mishap;
  }

  /** Called where the process has come to `point`. SIGKILL and SIGSTOP are carried out before the next statement. */
  reached(point: KillPoint): void {
    if (this.#armed?.point !== point) return;
    const { signal } = this.#armed;
    this.#armed = null;
    process.kill(process.pid, signal);
  }

  #answered(path: string): void {
    if (path === '/o/client/register') this.reached('register-answered');
    if (path === '/o/client/token') this.reached('token-answered');
  }
}

function pathOf(message: unknown): string {
  const request = memberOf(message, 'request');
  const path = memberOf(request, 'path');
  return typeof path === 'string' ? path : '';
}
