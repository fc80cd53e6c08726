import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import {
  connectSimulator,
  type LedgerEntry,
  type SimulatorConnection,
  type SimulatorOptions,
} from '@pass-dcr/simulator';
import type { ApiCall, DcrCall, Registration } from '../checks/History.js';
import { deviceAt } from '../worker/devices.js';
import { apiCallOf, dcrCallOf } from './readLedger.js';

const program = fileURLToPath(new URL('upstreamMain.js', import.meta.url));

export interface UpstreamRecord {
  readonly dcrCalls: readonly DcrCall[];
  readonly apiCalls: readonly ApiCall[];
  readonly registrations: readonly Registration[];
}

/** The simulator in a process of its own, and what its ledger says, in real time. */
export class Upstream {
  readonly simulator: SimulatorConnection;
  readonly #child: ChildProcess;
  readonly #dcrCalls: DcrCall[] = [];
  readonly #apiCalls: ApiCall[] = [];
  #readUpTo = 0;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.simulator = connectSimulator(url);
  }

  static async start(options: SimulatorOptions): Promise<Upstream> {
    const child = fork(program, [JSON.stringify({ ledgerCapacity: 1_000_000, ...options })], {
      execArgv: [],
    });
    const [message] = (await once(child, 'message')) as [{ readonly url: string }];
    return new Upstream(child, message.url);
  }

  get url(): string {
    return this.simulator.url;
  }

  /** Moves the virtual clock on. */
  async advance(byMs: number): Promise<void> {
    await this.#read();
    await this.simulator.clock.advance(byMs);
  }

  /** How many calls have reached it so far, answered or not. */
  async count(endpoint: 'register' | 'token' | 'profiles'): Promise<number> {
    return await this.simulator.ledger.count({ endpoint });
  }

  /** Everything so far. */
  async record(): Promise<UpstreamRecord> {
    await this.#read();
    const { offsetMs } = await this.simulator.clock.reading();
    const clients = await this.simulator.clients();
    return {
      dcrCalls: [...this.#dcrCalls],
      apiCalls: [...this.#apiCalls],
      registrations: clients.map(({ clientId, createdAt, forwardedFor }) => ({
        clientId,
        device: deviceAt(forwardedFor),
        at: createdAt - offsetMs,
      })),
    };
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  /** Up to the first call that is not answered yet: it is read again. */
  async #read(): Promise<void> {
    const { offsetMs } = await this.simulator.clock.reading();
    const entries = await this.simulator.ledger.entries({ since: this.#readUpTo });
    const pending = entries.findIndex(({ status }) => status === 'pending');
    const settled = pending === -1 ? entries : entries.slice(0, pending);
    this.#readUpTo = settled.at(-1)?.sequence ?? this.#readUpTo;
    this.#note(settled, offsetMs);
  }

  #note(entries: readonly LedgerEntry[], offsetMs: number): void {
    for (const entry of entries) {
      const dcrCall = dcrCallOf(entry, offsetMs);
      if (dcrCall !== null) this.#dcrCalls.push(dcrCall);
      const apiCall = apiCallOf(entry, offsetMs);
      if (apiCall !== null) this.#apiCalls.push(apiCall);
    }
  }
}
