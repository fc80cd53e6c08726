import { hasListeners, warningTable, type PassWarningCode } from '../diagnostics.js';
import type { PassFinding } from '../Pass.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { Timing } from '../timing.js';

export interface ProxyTrustOptions {
  readonly clock: Clock;
  readonly timing: Timing['readiness'];
  /** Everything is on one machine, so no client has an address that counts. */
  readonly isLocal: boolean;
  readonly warn: (code: PassWarningCode, message: string) => void;
}

/** Requests of one kind. */
interface Met {
  count: number;
  /** Epoch milliseconds, for whoever reads it. */
  lastAt: number;
  lastAtMs: number;
}

/**
 * What the requests of this process say of how its framework trusts the proxies before it: without a client's address all
 * viewers share the allowance of this server, and with one that any client can choose, some can use up that of others.
 */
export class ProxyTrust {
  readonly #options: ProxyTrustOptions;
  readonly #absent: Met = { count: 0, lastAt: 0, lastAtMs: Number.NEGATIVE_INFINITY };
  readonly #notPublic: Met = { count: 0, lastAt: 0, lastAtMs: Number.NEGATIVE_INFINITY };
  #isOpen = false;

  constructor(options: ProxyTrustOptions) {
    this.#options = options;
  }

  /** A request is about to go out for a device. `forwarded`: what is left of its address. */
  sent(address: string | undefined, forwarded: string | undefined): void {
    if (forwarded !== undefined) return;
    const isFirst = this.#absent.count + this.#notPublic.count === 0;
    const met = address === undefined ? this.#absent : this.#notPublic;
    const { clock, warn } = this.#options;
    met.count += 1;
    met.lastAt = clock.now();
    met.lastAtMs = monotonicOf(clock);
    // Whoever listens has been told, with the reason, when the address was looked at.
    if (isFirst && !hasListeners()) warn('client_address_not_public', this.#withoutAddress());
  }

  /** Warns of what an adapter has found out about its framework. */
  warn(code: PassWarningCode): void {
    this.#options.warn(code, warningTable[code]);
    if (code === 'trust_proxy_open') this.#isOpen = true;
  }

  findings(): readonly PassFinding[] {
    const { clock, timing, isLocal } = this.#options;
    if (isLocal) return [];
    const findings: PassFinding[] = [];
    const lastAtMs = Math.max(this.#absent.lastAtMs, this.#notPublic.lastAtMs);
    if (monotonicOf(clock) - lastAtMs < timing.proxyTrustKeptMs)
      findings.push({ level: 'warning', code: 'client_address_not_public', message: this.#withoutAddress() });
    if (this.#isOpen)
      findings.push({
        level: 'warning',
        code: 'trust_proxy_open',
        message:
          'Every proxy is trusted, so any client can choose the address by which Adobe Pass throttles it: set the proxy trust of your framework to the proxies that you run.',
      });
    return findings;
  }

  #withoutAddress(): string {
    const last = new Date(Math.max(this.#absent.lastAt, this.#notPublic.lastAt)).toISOString();
    return (
      `Requests of devices that were sent on without a client address: ${this.#absent.count + this.#notPublic.count} ` +
      `(${this.#absent.count} had none, ${this.#notPublic.count} had one that is not public), the last at ${last}. ` +
      'Adobe Pass counts all of them against one allowance, that of this server: set the proxy trust of your framework to the proxies that you run.'
    );
  }
}
