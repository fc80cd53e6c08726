import { inspect } from 'node:util';
import type { PassEvent } from '../../src/diagnostics.js';
import { isPassError } from '../../src/errors.js';
import type { UpstreamRequest } from '../../src/http/Transport.js';
import type { CredentialsRecord } from '../../src/registration/record.js';
import type { ClientCall } from './ClientCall.js';
import { leakPattern } from './fleet.js';
import { callKind, type ModelAdobe } from './ModelAdobe.js';
import type { World } from './World.js';

/** What Adobe Pass asks for after a 429, and what an instance therefore owes it. */
const throttleMs = 1_000;
/** The first attempt, two retries, and one replay after a 401. */
const mostAttempts = 4;

interface DeviceLedger {
  /** The pair in the store now. */
  stored: string | null;
  readonly everStored: Map<string, number>;
  readonly handedOut: Set<string>;
  /** Registrations whose answer reached the process that asked. */
  registrations: number;
  leaseExpiries: number;
  /** Writes of credentials of which the process had no answer: after three it gives the lease back. */
  failedWrites: number;
  kills: number;
  touched: boolean;
}

/** Knows what nobody in the fleet can know, and compares it with everything that happens. */
export class Oracle {
  adobe: ModelAdobe | null = null;
  replacements = 0;
  readonly #world: World;
  readonly #devices: readonly DeviceLedger[];
  /** By process and device: DCR calls on the wire. */
  readonly #inFlight: Map<string, number> = new Map();
  /** By process and address: when a 429 last came. */
  readonly #throttledAt: Map<string, number> = new Map();
  /** The same, where the caller had gone before its 429 came. */
  readonly #throttledUnheard: Map<string, number> = new Map();
  /** By process and device: when the process last asked the store. */
  readonly #askedAt: Map<string, number> = new Map();
  readonly #attempts: Map<string, { count: number; readonly rejected: Set<string> }> = new Map();
  /** Without faults or pauses there is one DCR call per device in the whole fleet. */
  readonly #calm: boolean;

  constructor(world: World, devices: number, calm: boolean) {
    this.#world = world;
    this.#calm = calm;
    this.#devices = Array.from({ length: devices }, () => ({
      stored: null,
      everStored: new Map(),
      handedOut: new Set(),
      registrations: 0,
      leaseExpiries: 0,
      failedWrites: 0,
      kills: 0,
      touched: false,
    }));
  }

  touched(device: number): void {
    const ledger = this.#devices[device];
    if (ledger !== undefined) ledger.touched = true;
  }

  clientKilled(device: number): void {
    const ledger = this.#devices[device];
    if (ledger !== undefined) ledger.kills += 1;
  }

  leaseExpired(device: number): void {
    const ledger = this.#devices[device];
    if (ledger !== undefined) ledger.leaseExpiries += 1;
  }

  credentialsWriteFailed(device: number): void {
    const ledger = this.#devices[device];
    if (ledger !== undefined) ledger.failedWrites += 1;
  }

  registrationDelivered(device: number): void {
    const ledger = this.#devices[device];
    if (ledger !== undefined) ledger.registrations += 1;
  }

  storedPairOf(device: number): string | null {
    return this.#devices[device]?.stored ?? null;
  }

  credentialsStored(device: number, before: CredentialsRecord | null, after: CredentialsRecord | null): void {
    const ledger = this.#devices[device];
    if (ledger === undefined) return;
    const old = before === null ? undefined : this.adobe?.clients.get(before.clientId);
    if (before !== null && before.clientId !== after?.clientId) {
      this.replacements += 1;
      if (old === undefined || old.alive) {
        this.#world.violate(
          'I2',
          `the store gave up the live pair ${before.clientId} of device ${device} for ${after?.clientId ?? 'nothing'}`,
        );
      }
      if (after !== null && after.generation <= before.generation) {
        this.#world.violate(
          'I2',
          `device ${device} went from generation ${before.generation} to ${after.generation}`,
        );
      }
    }
    ledger.stored = after?.clientId ?? null;
    if (after !== null) ledger.everStored.set(after.clientId, after.generation);
  }

  sending(process: string, request: UpstreamRequest): void {
    const device = this.adobe?.deviceOf(request) ?? -1;
    const address = request.headers['x-forwarded-for'] ?? 'server';
    const at = this.#throttledAt.get(`${process} ${address}`);
    if (at !== undefined && this.#world.now - at < throttleMs) {
      this.#world.violate('I5', `${process} called for ${address} ${this.#world.now - at} ms after a 429`);
    }
    const unheard = this.#throttledUnheard.get(`${process} ${address}`);
    if (unheard !== undefined && this.#world.now - unheard < throttleMs) {
      this.#world.violate('I5', `${process} called for ${address} after a 429 whose caller had gone`);
    }
    const kind = callKind(request);
    if (kind === 'api') {
      this.#attempting(request, device);
      return;
    }
    const key = `${process} ${device}`;
    const running = (this.#inFlight.get(key) ?? 0) + 1;
    this.#inFlight.set(key, running);
    if (running > 1)
      this.#world.violate('I5', `${process} has ${running} DCR calls for device ${device} on the wire`);
    if (this.#calm && this.#onTheWire(device) > 1) {
      this.#world.violate('I5', `without any fault, two processes call for device ${device} at once`);
    }
    const client = kind === 'token' ? this.adobe?.clientOf(request) : undefined;
    const ledger = this.#devices[device];
    if (client !== undefined && ledger !== undefined && ledger.everStored.size === 0) {
      this.#world.violate('I4', `${process} uses ${client.id} of device ${device} before it is stored`);
    }
  }

  /** `status`: `null` where no answer came. `callerGone`: nobody waits for it any more. */
  settled(process: string, request: UpstreamRequest, status: number | null, callerGone: boolean): void {
    const device = this.adobe?.deviceOf(request) ?? -1;
    if (status === 429) {
      const throttled = callerGone ? this.#throttledUnheard : this.#throttledAt;
      throttled.set(`${process} ${request.headers['x-forwarded-for'] ?? 'server'}`, this.#world.now);
    }
    if (callKind(request) === 'api') {
      if (status === 401) this.#attempts.get(visitorOf(request))?.rejected.add(bearerOf(request));
      return;
    }
    const key = `${process} ${device}`;
    this.#inFlight.set(key, (this.#inFlight.get(key) ?? 1) - 1);
  }

  asked(process: string, device: number): void {
    this.#askedAt.set(`${process} ${device}`, this.#world.now);
  }

  hasAskedSince(process: string, device: number, since: number): boolean {
    return (this.#askedAt.get(`${process} ${device}`) ?? 0) >= since;
  }

  crashed(process: string): void {
    for (const key of this.#inFlight.keys()) if (key.startsWith(`${process} `)) this.#inFlight.delete(key);
  }

  /** `call` was answered with a token. */
  handedOut(call: ClientCall, value: string): void {
    const device = call.device.index;
    const token = this.adobe?.tokens.get(value);
    if (token === undefined) {
      this.#world.violate('I6', `${call.name} was handed a token that Adobe Pass never issued`);
      return;
    }
    // A process that was suspended, or one whose clock is wrong, learns of that by a 401.
    const { clockStep, suspend } = this.#world.counts;
    if (clockStep + suspend === 0 && this.#world.now >= token.expiresAt) {
      this.#world.violate(
        'I6',
        `${call.name} was handed ${value} ${this.#world.now - token.expiresAt} ms after its expiry`,
      );
    }
    this.#clientUsed(call.name, device, token.client.id);
  }

  /** Every caller's error: nothing secret in it, and nobody's abort but its own. */
  failed(call: ClientCall, error: unknown): void {
    if (error instanceof CallerAborted) {
      if (error.call !== call.name)
        this.#world.violate('I7', `${call.name} failed by the abort of ${error.call}`);
      else if (!call.aborted) this.#world.violate('I7', `${call.name} was aborted, but not by its caller`);
      return;
    }
    const shown = inspect(error, { depth: 6, showHidden: true });
    if (leakPattern.test(shown))
      this.#world.violate('I8', `the error of ${call.name} shows a secret: ${shown}`);
    if (!isPassError(error)) {
      this.#world.violate('typed errors', `${call.name} failed with what is no PassError: ${shown}`);
    }
  }

  published(event: PassEvent): void {
    const shown = JSON.stringify(event);
    this.#world.note(() => `  event ${shown}`);
    if (leakPattern.test(shown)) this.#world.violate('I8', `a published event shows a secret: ${shown}`);
  }

  /** I3, when the schedule is over. `endings`: crashes and closes. */
  judgeRegistrations(endings: number, faults: number): void {
    for (const [device, ledger] of this.#devices.entries()) {
      const { registrations, leaseExpiries, failedWrites, kills, touched } = ledger;
      const expected = touched ? 1 : 0;
      const most = expected + leaseExpiries + failedWrites + (kills === 0 ? endings : kills + faults);
      if (registrations > most || (this.#calm && registrations !== expected)) {
        this.#world.violate(
          'I3',
          `device ${device} was registered ${registrations} times, at most ${most} are due`,
        );
      }
    }
  }

  #onTheWire(device: number): number {
    let running = 0;
    for (const [key, count] of this.#inFlight) if (key.endsWith(` ${device}`)) running += count;
    return running;
  }

  #attempting(request: UpstreamRequest, device: number): void {
    const visitor = visitorOf(request);
    const attempts = this.#attempts.get(visitor) ?? { count: 0, rejected: new Set() };
    this.#attempts.set(visitor, attempts);
    attempts.count += 1;
    if (attempts.count > mostAttempts)
      this.#world.violate('no loop', `${visitor} is at its attempt ${attempts.count}`);
    const value = bearerOf(request);
    if (attempts.rejected.has(value)) {
      this.#world.violate('I6', `${visitor} repeats the token that Adobe Pass has just rejected`);
    }
    const token = this.adobe?.tokens.get(value);
    if (token === undefined)
      this.#world.violate('I6', `${visitor} uses a token that Adobe Pass never issued`);
    else this.#clientUsed(visitor, device, token.client.id);
  }

  /** I1 and I4: what is handed out was stored before, for this device, and no live pair gives way to another. */
  #clientUsed(who: string, device: number, clientId: string): void {
    const ledger = this.#devices[device];
    const generation = ledger?.everStored.get(clientId);
    if (ledger === undefined || generation === undefined) {
      this.#world.violate('I4', `${who} was handed ${clientId}, which was never stored for device ${device}`);
      return;
    }
    for (const earlier of ledger.handedOut) {
      if (earlier === clientId || this.adobe?.clients.get(earlier)?.alive !== true) continue;
      // A process that has not looked since may still use a token of the pair that died.
      const dead = this.adobe.clients.get(clientId)?.alive === false;
      if (dead && generation < (ledger.everStored.get(earlier) ?? 0)) continue;
      this.#world.violate(
        'I1',
        `${who} was handed ${clientId} although ${earlier} of device ${device} is live`,
      );
    }
    ledger.handedOut.add(clientId);
  }
}

/** The call that an API request belongs to. */
export function visitorOf(request: UpstreamRequest): string {
  return request.headers['ap-visitor-identifier'] ?? 'unknown';
}

function bearerOf(request: UpstreamRequest): string {
  return (request.headers['authorization'] ?? '').replace('Bearer ', '');
}

/** The reason of a caller's own signal. */
export class CallerAborted extends Error {
  readonly call: string;

  constructor(call: string) {
    super(`${call} was aborted by its caller`);
    this.call = call;
  }
}
