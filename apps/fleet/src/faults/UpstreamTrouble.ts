import { setTimeout as delay } from 'node:timers/promises';
import type { FaultEffect } from '@pass-dcr/simulator';
import type { Chronicle } from '../stage/Chronicle.js';
import type { Upstream } from '../stage/Upstream.js';
import type { UpstreamFault } from './plan.js';

/** After that a fault that nobody has met is taken back. */
const lastsMs = 3_000;

/** What can happen at Adobe Pass. */
export class UpstreamTrouble {
  readonly #upstream: Upstream;
  readonly #chronicle: Chronicle;
  readonly #slowMs: number;

  /** `slowMs`: longer than anybody waits for an answer. */
  constructor(upstream: Upstream, chronicle: Chronicle, slowMs: number) {
    this.#upstream = upstream;
    this.#chronicle = chronicle;
    this.#slowMs = slowMs;
  }

  async fail(fault: UpstreamFault, count: number): Promise<void> {
    const isOver = this.#chronicle.disturbed('upstream-failed', null);
    const handle = await this.#upstream.simulator.fault({ count, effect: this.#effectOf(fault) });
    await delay(lastsMs);
    await handle.remove();
    isOver();
  }

  async revokeToken(device: number): Promise<void> {
    const clientId = this.#chronicle.pairs.get(device);
    if (clientId !== undefined) await this.#upstream.simulator.revokeTokensOf({ clientId });
  }

  /** The viewer's pair is gone, which is the one reason to give the device another. */
  async revokePair(device: number): Promise<void> {
    const clientId = this.#chronicle.pairs.get(device);
    if (clientId === undefined) return;
    this.#chronicle.killed(device, clientId, Date.now());
    await this.#upstream.simulator.revokeClient(clientId);
  }

  #effectOf(fault: UpstreamFault): FaultEffect {
    switch (fault) {
      case 'lost':
        return { drop: 'after' };
      case 'refused':
        return { drop: 'before' };
      case 'throttled':
        return { throttle: true };
      case 'failing':
        return { status: 500, body: { error: 'internal_server_error' } };
      case 'slow':
        return { answerDelayMs: this.#slowMs };
      case 'html':
        return { html: true };
    }
  }
}
