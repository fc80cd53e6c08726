import { Seeded } from '@pass-dcr/seeded';
import { isPassError } from '../../src/errors.js';
import type { PassLimits } from '../../src/options.js';
import type { Pass } from '../../src/Pass.js';
import type { PassClient } from '../../src/PassClient.js';
import { startProcess, type Changes } from './FleetProcess.js';
import { Ledger } from './Ledger.js';
import { ModelAdobe, userAgentOf, type IssuedToken } from './ModelAdobe.js';
import { identifierOf, SharedStore } from './SharedStore.js';
import { VirtualTime } from './VirtualTime.js';

/** How a caller that wanted a token fared. */
export interface Asked {
  readonly device: number;
  readonly at: number;
  readonly waitedMs: number;
  /** Whose token it was given; `null`: none. */
  readonly clientId: string | null;
  /** Why not. */
  readonly code: string | null;
  readonly retryAfterMs: number | null;
  /** The device had a token that was good when it asked. */
  readonly hadToken: boolean;
}

/** `null`: it was not served. */
export interface Insisted {
  readonly afterMs: number | null;
  readonly clientId: string | null;
}

export interface FleetOptions {
  readonly processes: number;
  readonly devices: number;
  /** What is switched off. */
  readonly changes?: Changes;
  readonly closeGraceMs?: number;
  readonly limits?: PassLimits;
  /** Behind which address a device is. Default: each behind one of its own, in a network of its own. */
  readonly addressOf?: (device: number) => string;
}

export interface Load {
  /** Each device asks once in this time. */
  readonly everyMs: number;
  readonly onAnswer?: (asked: Asked) => void;
}

/** No token is handed out this close to its end. */
const marginMs = 60_000;

/** Servers that share a store, devices that each belong to one of them, and the hour that they live through. */
export class Fleet {
  readonly time: VirtualTime = new VirtualTime();
  readonly ledger: Ledger = new Ledger();
  readonly adobe: ModelAdobe;
  readonly store: SharedStore;
  readonly devices: readonly number[];
  /** The way of each process to Adobe Pass; those that are not here take the common one. */
  readonly ways: Map<number, ModelAdobe> = new Map();
  /** Callers do as `Retry-After` says, rather than ask at their own pace. */
  obeysRetryAfter = false;
  readonly #random: Seeded = new Seeded(1);
  readonly #changes: Changes;
  readonly #limits: PassLimits;
  readonly #addressOf: (device: number) => string;
  readonly #closeGraceMs: number | undefined;
  readonly #passes: Pass[] = [];
  readonly #goodUntil: Map<number, number> = new Map();

  constructor(options: FleetOptions) {
    const { processes, devices, changes = {}, limits = {}, addressOf = ownAddress, closeGraceMs } = options;
    this.#closeGraceMs = closeGraceMs;
    this.#changes = changes;
    this.#limits = limits;
    this.#addressOf = addressOf;
    this.adobe = new ModelAdobe('client', this.time, this.ledger);
    this.store = new SharedStore(this.time, this.ledger);
    this.devices = Array.from({ length: devices }, (_, device) => device);
    for (const device of this.devices) this.store.expect(device);
    for (let index = 0; index < processes; index += 1) this.#passes.push(this.#start(index));
  }

  get processes(): number {
    return this.#passes.length;
  }

  /** The process that a device comes to. */
  processOf(device: number): number {
    return device % this.processes;
  }

  pass(process: number): Pass {
    const pass = this.#passes[process];
    if (pass === undefined) throw new RangeError(`there is no process ${process}`);
    return pass;
  }

  /** One more process begins; devices that belong to others may come to it. Returns its number. */
  join(): number {
    this.#passes.push(this.#start(this.#passes.length));
    return this.#passes.length - 1;
  }

  client(device: number, process: number = this.processOf(device)): PassClient {
    const pass = this.pass(process);
    const address = this.#addressOf(device);
    return pass.client({ identifier: identifierOf(device), address, userAgent: userAgentOf(device) });
  }

  async ask(device: number, process?: number): Promise<Asked> {
    const at = this.time.now();
    const hadToken = at < (this.#goodUntil.get(device) ?? 0);
    const about = { device, at, hadToken };
    try {
      const { client, expiresAt } = this.#issued(await this.client(device, process).accessToken());
      this.#goodUntil.set(device, expiresAt - marginMs);
      return {
        ...about,
        waitedMs: this.time.now() - at,
        clientId: client.id,
        code: null,
        retryAfterMs: null,
      };
    } catch (error) {
      if (!isPassError(error)) throw error;
      const { code, retryAfterMs = null } = error;
      return { ...about, waitedMs: this.time.now() - at, clientId: null, code, retryAfterMs };
    }
  }

  /** One caller that asks as often as `Retry-After` says, until it has a token or `forMs` have passed. */
  async insist(device: number, forMs: number, process?: number): Promise<Insisted> {
    const began = this.time.now();
    for (;;) {
      const asked = await this.ask(device, process);
      const afterMs = this.time.now() - began;
      if (asked.code === null) return { afterMs, clientId: asked.clientId };
      if (afterMs >= forMs) return { afterMs: null, clientId: null };
      await this.time.sleep(asked.retryAfterMs ?? 1_000);
    }
  }

  /** Devices come for the first time, evenly within `overMs`, and everybody is at rest again afterwards. */
  async register(devices: readonly number[], overMs: number): Promise<void> {
    await this.store.settleIn();
    const failed: Asked[] = [];
    for (const [at, device] of devices.entries()) {
      this.time.setTimer(
        () =>
          void this.ask(device).then((asked) => {
            if (asked.code !== null) failed.push(asked);
          }),
        (overMs * at) / devices.length,
      );
    }
    await this.time.run(overMs + 20_000);
    const [first] = failed;
    if (first !== undefined)
      throw new Error(`${failed.length} devices could not be registered, the first by ${first.code}`);
  }

  /** Devices ask again and again, until the returned function is called. */
  load(devices: readonly number[], { everyMs, onAnswer = () => undefined }: Load): () => void {
    let isOn = true;
    const turn = async (device: number): Promise<void> => {
      const asked = await this.ask(device);
      onAnswer(asked);
      const obeys = this.obeysRetryAfter && asked.code !== null;
      const next = obeys ? (asked.retryAfterMs ?? 1_000) : everyMs - asked.waitedMs;
      this.time.setTimer(() => isOn && void turn(device), next);
    };
    for (const device of devices)
      this.time.setTimer(() => isOn && void turn(device), everyMs * this.#random.next());
    return () => {
      isOn = false;
    };
  }

  #start(index: number): Pass {
    const adobe = (): ModelAdobe => this.ways.get(index) ?? this.adobe;
    const { time, store } = this;
    const [changes, limits, closeGraceMs] = [this.#changes, this.#limits, this.#closeGraceMs];
    return startProcess(index, { time, cache: store.open(index), adobe, changes, limits, closeGraceMs });
  }

  #issued(accessToken: string): IssuedToken {
    for (const adobe of [this.adobe, ...this.ways.values()]) {
      const issued = adobe.tokens.get(accessToken);
      if (issued !== undefined) return issued;
    }
    throw new Error(`nobody has issued ${accessToken}`);
  }
}

/** The nth address, in a network of its own. */
export function ownAddress(n: number): string {
  return `2a00:${(n >> 16).toString(16)}:${(n & 0xffff).toString(16)}::7`;
}
