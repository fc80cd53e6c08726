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
import { RealTime } from './RealTime.js';
import { apiCallOf, dcrCallOf } from './readLedger.js';

const program = fileURLToPath(new URL('./upstreamMain.js', import.meta.url));

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
  readonly #time: RealTime;
  #readUpTo = 0;

  private constructor(child: ChildProcess, simulator: SimulatorConnection, offsetMs: number) {
    this.#child = child;
    this.#time = new RealTime(offsetMs);
    this.simulator = simulator;
  }

  static async start(options: SimulatorOptions): Promise<Upstream> {
    const child = fork(program, [JSON.stringify({ ledgerCapacity: 1_000_000, ...options })], {
      execArgv: [],
    });
    const [message] = (await once(child, 'message')) as [{ readonly url: string }];
    const simulator = connectSimulator(message.url);
    const { offsetMs } = await simulator.clock.reading();
    return new Upstream(child, simulator, offsetMs);
  }

  get url(): string {
    return this.simulator.url;
  }

  /** Moves the virtual clock on. */
  async advance(byMs: number): Promise<void> {
    const { offsetMs } = await this.simulator.clock.advance(byMs);
    this.#time.advanced(Date.now(), offsetMs);
  }

  /** How many calls have reached it so far, answered or not. */
  async count(endpoint: 'register' | 'token' | 'profiles'): Promise<number> {
    return await this.simulator.ledger.count({ endpoint });
  }

  /** Everything so far. */
  async record(): Promise<UpstreamRecord> {
    await this.#read();
    const clients = await this.simulator.clients();
    return {
      dcrCalls: [...this.#dcrCalls],
      apiCalls: [...this.#apiCalls],
      registrations: clients.map(({ clientId, createdAt, forwardedFor }) => ({
        clientId,
        device: deviceAt(forwardedFor),
        at: this.#time.of(createdAt),
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
    const entries = await this.simulator.ledger.entries({ since: this.#readUpTo });
    const pending = entries.findIndex(({ status }) => status === 'pending');
    const settled = pending === -1 ? entries : entries.slice(0, pending);
    this.#readUpTo = settled.at(-1)?.sequence ?? this.#readUpTo;
    this.#note(settled);
  }

  #note(entries: readonly LedgerEntry[]): void {
    for (const entry of entries) {
      const dcrCall = dcrCallOf(entry, this.#time);
      if (dcrCall !== null) this.#dcrCalls.push(dcrCall);
      const apiCall = apiCallOf(entry, this.#time);
      if (apiCall !== null) this.#apiCalls.push(apiCall);
    }
  }
}
