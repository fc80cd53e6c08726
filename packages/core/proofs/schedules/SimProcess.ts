import { Seeded } from '@pass-dcr/seeded';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createPassWith } from '../../src/createPassWith.js';
import { isPassError } from '../../src/errors.js';
import {
  TransportFailure,
  type Transport,
  type UpstreamRequest,
  type UpstreamResponse,
} from '../../src/http/Transport.js';
import type { Pass } from '../../src/Pass.js';
import { defaultTiming, type Timing } from '../../src/timing.js';
import { callerDeadlineMs, type ClientCall } from './ClientCall.js';
import type { Fault, FaultSet } from './faults.js';
import { fleet, keyLabel, recordOfKey, type SimDevice } from './fleet.js';
import { callKind, type ModelAdobe, type ModelAnswer } from './ModelAdobe.js';
import { CallerAborted, visitorOf, type Oracle } from './Oracle.js';
import type { Store } from './Store.js';
import { ProcessClock, type World } from './World.js';

/** Something on its way between a process and the outside: first it takes effect there, then the answer comes back. */
export interface Operation {
  readonly process: SimProcess;
  readonly label: string;
  readonly device: number | undefined;
  /** No answer will ever come. */
  readonly hangs: boolean;
  applied: boolean;
  apply(): void;
  answer(): void;
}

/** What is broken on purpose, to see whether the invariants notice. */
/**
 * Where there are four devices, each is a quarter of the fleet: two that are dead would be an incident, and none of them
 * replaced without an operator. What the fleet knows of more devices is left to the bad hours.
 */
const aFewDevices: Partial<Timing['replacement']> = { witnesses: 0, newlyRefused: 1_000, refused: 1_000 };

export interface Broken {
  readonly plainSet?: true;
  readonly everybodyGetsTheLease?: true;
  readonly errorReadsAsAbsence?: true;
  readonly acknowledgesUnstored?: true;
  readonly longTimersNeverFire?: true;
  readonly fastClock?: true;
  readonly noMonotonicClock?: true;
  readonly errorsQuoteTheRequest?: true;
  readonly machine?: Partial<Timing['machine']>;
  readonly replacement?: Partial<Timing['replacement']>;
  readonly recovery?: Partial<Timing['recovery']>;
  readonly admission?: Partial<Timing['admission']>;
}

/** How likely it is that a fault befalls what could meet one. */
export interface Odds {
  readonly cacheFault: number;
  readonly callFault: number;
  /** At each step. */
  readonly kill: number;
  readonly crash: number;
}

/** What the processes of one schedule have in common. */
export interface Surroundings {
  readonly world: World;
  readonly store: Store;
  readonly adobe: ModelAdobe;
  readonly oracle: Oracle;
  readonly operations: Operation[];
  readonly broken: Broken;
  readonly odds: Odds;
  /** Those that may still happen. */
  faults(): FaultSet;
}

/** After which the library gives a write up. */
const { swapTimeoutMs } = defaultTiming.cache;
const cacheFaults: readonly Fault[] = ['cacheRejectsUnapplied', 'cacheRejectsApplied', 'cacheHangs'];
const html = '<html><body>zz</body></html>';

/** One process of the fleet: a real `Pass` whose time, store, wire and chance belong to the schedule. */
export class SimProcess {
  readonly name: string;
  readonly clock: ProcessClock;
  readonly calls: ClientCall[] = [];
  paused = false;
  crashed = false;
  closing = false;
  closed = false;
  closingSince = 0;
  /** Since when its machine is suspended, in the time of the world; `null`: it is not. */
  suspendedSince: number | null = null;
  readonly #pass: Pass;
  readonly #around: Surroundings;
  #onReconnect: () => void = () => undefined;
  readonly #sending: Set<Promise<UpstreamResponse>> = new Set();

  constructor(name: string, seed: number, around: Surroundings) {
    this.name = name;
    this.#around = around;
    const { broken, world } = around;
    this.clock = clockFor(world, broken);
    const random = new Seeded(seed);
    this.#pass = createPassWith(
      { ...fleet, cache: this.#cache() },
      {
        clock: this.clock,
        random: () => random.next(),
        timing: {
          ...defaultTiming,
          machine: { ...defaultTiming.machine, ...broken.machine },
          replacement: { ...defaultTiming.replacement, ...aFewDevices, ...broken.replacement },
          recovery: { ...defaultTiming.recovery, ...broken.recovery },
          admission: { ...defaultTiming.admission, ...broken.admission },
        },
        transport: this.#transport(),
      },
    );
  }

  /** Its cache says that it was away. */
  reconnect(): void {
    this.#onReconnect();
  }

  get isRunning(): boolean {
    return !this.crashed && !this.paused;
  }

  get takesCalls(): boolean {
    return !this.crashed && !this.closed;
  }

  get waitingCalls(): readonly ClientCall[] {
    return this.calls.filter(({ outcome }) => outcome === null);
  }

  /** Timers that outlive `close`. */
  get leftovers(): number {
    return this.clock.later;
  }

  request(name: string, device: SimDevice, kind: ClientCall['kind']): ClientCall {
    const { world, oracle } = this.#around;
    const controller = new AbortController();
    const call: ClientCall = {
      name,
      device,
      kind,
      startedAt: world.now,
      deadline: world.now + callerDeadlineMs,
      controller,
      aborted: false,
      outcome: null,
    };
    this.calls.push(call);
    oracle.touched(device.index);
    world.note(() => `${this.name}: ${name} asks for ${kind} of device ${device.index}`);
    const client = this.#pass.client(device, { visitorIdentifier: name });
    const { signal } = controller;
    const work = kind === 'accessToken' ? client.accessToken({ signal }) : client.profiles.all({ signal });
    work.then(
      (value) => {
        call.outcome = { ok: true, retryAfterMs: 0 };
        world.note(() => `${this.name}: ${name} has ${typeof value === 'string' ? value : 'its profiles'}`);
        if (typeof value === 'string') oracle.handedOut(call, value);
      },
      (error: unknown) => {
        const retryAfterMs = isPassError(error) ? (error.retryAfterMs ?? 1_000) : 1_000;
        call.outcome = { ok: false, retryAfterMs };
        world.note(() => `${this.name}: ${name} failed: ${isPassError(error) ? error.code : String(error)}`);
        oracle.failed(call, error);
      },
    );
    return call;
  }

  /** Goes on after it was held up; what `close` has to do in time, it does in its own. */
  resume(): void {
    this.paused = false;
    if (this.suspendedSince !== null) {
      const forMs = this.#around.world.now - this.suspendedSince;
      this.suspendedSince = null;
      this.clock.skip(forMs);
      for (const call of this.waitingCalls) call.deadline += forMs;
    }
    this.closingSince = this.#around.world.now;
  }

  abort(call: ClientCall): void {
    this.#around.world.note(() => `${this.name}: ${call.name} is aborted by its caller`);
    call.aborted = true;
    call.controller.abort(new CallerAborted(call.name));
  }

  close(): void {
    const { world } = this.#around;
    if (this.closing) return;
    this.closing = true;
    this.closingSince = world.now;
    world.note(() => `${this.name} is closed`);
    this.#pass.close().then(
      () => {
        this.closed = true;
        world.note(() => `${this.name} has closed`);
      },
      (error: unknown) => world.violate('I7', `close() of ${this.name} was rejected: ${String(error)}`),
    );
  }

  crash(): void {
    const { world, oracle, operations } = this.#around;
    this.crashed = true;
    this.clock.drop();
    world.note(() => `${this.name} crashes`);
    oracle.crashed(this.name);
    // What had left the process may arrive or not; nobody is there for the answer.
    for (const operation of operations.filter((one) => one.process === this)) {
      if (!operation.applied && world.random.chance(0.5)) {
        world.note(() => `${operation.label} takes effect all the same`);
        operation.apply();
      }
      operations.splice(operations.indexOf(operation), 1);
    }
  }

  #fate(candidates: readonly Fault[], probability: number): Fault | null {
    const { world } = this.#around;
    const possible = this.#around.faults();
    const enabled = candidates.filter((fault) => possible.has(fault));
    if (enabled.length === 0 || !world.random.chance(probability)) return null;
    return world.random.pick(enabled) ?? null;
  }

  #cache(): PassCache {
    const { world, store, oracle, broken } = this.#around;
    return {
      scope: 'shared',
      onReconnect: (listener) => {
        this.#onReconnect = listener;
        return () => undefined;
      },
      read: (keys, { strong = false } = {}) => {
        const device = recordOfKey.get(keys[0] ?? '')?.device;
        const what = device === undefined ? keyLabel(keys[0] ?? '') : `device ${device}`;
        return this.#ask(
          `read ${what}${strong ? ' strongly' : ''}`,
          device,
          () => store.read(keys),
          () => (broken.errorReadsAsAbsence ? keys.map(() => null) : undefined),
        );
      },
      swap: (key, expected, next) => {
        const device = recordOfKey.get(key)?.device;
        if (this.closed) world.violate('I7', `${this.name} writes to the cache after close() has ended`);
        const verb = next === null ? 'delete' : expected === null ? 'create' : 'change';
        return this.#ask(
          `${verb} ${keyLabel(key)}`,
          device,
          () => {
            const kind = recordOfKey.get(key)?.kind;
            const pretends =
              (broken.everybodyGetsTheLease === true && kind === 'lease') ||
              (broken.acknowledgesUnstored === true && kind === 'credentials');
            if (pretends) return { ok: true, version: next === null ? null : 'pretended' };
            return store.swap(key, expected, next, this.name);
          },
          () => undefined,
          () => {
            if (device !== undefined && recordOfKey.get(key)?.kind === 'credentials') {
              oracle.credentialsWriteFailed(device);
            }
          },
        );
      },
    };
  }

  #ask<Answer>(
    what: string,
    device: number | undefined,
    run: () => Answer,
    onError: () => Answer | undefined,
    onFailure: () => void = () => undefined,
  ): Promise<Answer> {
    const { world, oracle, operations } = this.#around;
    if (device !== undefined) oracle.asked(this.name, device);
    const fate = this.#fate(cacheFaults, this.#around.odds.cacheFault);
    if (fate !== null) world.count(fate);
    if (fate !== null) onFailure();
    const askedAt = world.now;
    return new Promise<Answer>((resolve, reject) => {
      let outcome: Answer | undefined;
      operations.push({
        process: this,
        label: `${this.name}: ${what}${fate === null ? '' : ` (${fate})`}`,
        device,
        hangs: fate === 'cacheHangs',
        applied: false,
        apply: () => {
          if (fate !== 'cacheRejectsUnapplied') outcome = run();
        },
        answer: () => {
          if (world.now - askedAt >= swapTimeoutMs) onFailure();
          const failed = fate === 'cacheRejectsUnapplied' || fate === 'cacheRejectsApplied';
          const answer = failed ? onError() : outcome;
          if (answer === undefined) reject(new Error('the connection to the store broke'));
          else resolve(answer);
        },
      });
    });
  }

  #transport(): Transport {
    return {
      send: (request) => {
        const sent = this.#send(request);
        const forget = (): void => void this.#sending.delete(sent);
        this.#sending.add(sent);
        sent.then(forget, forget);
        return sent;
      },
      close: async () => {
        await Promise.allSettled(this.#sending);
      },
    };
  }

  #send(request: UpstreamRequest): Promise<UpstreamResponse> {
    const { world, oracle, adobe, operations, broken } = this.#around;
    if (this.closing) {
      world.violate('I7', `${this.name} begins a call to Adobe Pass after close()`);
    }
    oracle.sending(this.name, request);
    const kind = callKind(request);
    const device = adobe.deviceOf(request);
    const fate = this.#fate(callFates(request, adobe), this.#around.odds.callFault);
    if (fate !== null) world.count(fate);
    const requestedAt = this.clock.now();
    return new Promise<UpstreamResponse>((resolve, reject) => {
      let settled = false;
      let answer: ModelAnswer | undefined;
      const settle = (status: number | null): boolean => {
        if (settled) return false;
        settled = true;
        timer.cancel();
        const visitor = kind === 'api' ? visitorOf(request) : null;
        const callerGone = this.calls.some(({ name, outcome }) => name === visitor && outcome !== null);
        oracle.settled(this.name, request, status, callerGone);
        return true;
      };
      const fail = (reason: 'timeout' | 'connection', mayBeProcessed: boolean): void => {
        if (!settle(null)) return;
        reject(
          broken.errorsQuoteTheRequest === true
            ? new Error(`could not send ${JSON.stringify(request)}`)
            : new TransportFailure(reason, mayBeProcessed, `127.0.0.1:9: ${reason}`),
        );
      };
      const timer = this.clock.setTimer(() => {
        world.note(() => `${this.name}: ${kind} of device ${device} times out`);
        fail('timeout', true);
      }, defaultTiming.machine.upstreamTimeoutMs);
      operations.push({
        process: this,
        label: `${this.name}: ${kind} of device ${device}${fate === null ? '' : ` (${fate})`}`,
        device,
        hangs: fate === 'upstreamHangs',
        applied: false,
        apply: () => {
          answer = outcomeOf(fate, request, adobe);
        },
        answer: () => {
          if (fate === 'connectionRefused') return fail('connection', false);
          if (fate === 'responseLost' || answer === undefined) return fail('connection', true);
          const { status, contentType, body, registered } = answer;
          if (!settle(status)) return;
          if (registered !== undefined) oracle.registrationDelivered(device);
          resolve({ status, headers: { 'content-type': contentType }, body: Buffer.from(body), requestedAt });
        },
      });
    });
  }
}

function callFates(request: UpstreamRequest, adobe: ModelAdobe): readonly Fault[] {
  const wire = [
    'connectionRefused',
    'responseLost',
    'upstreamHangs',
    'throttled',
    'serverError',
    'jsonTruncated',
    'htmlAnswer',
  ] as const;
  if (callKind(request) === 'register') return [...wire, 'statementRejected'];
  const client = callKind(request) === 'token' ? adobe.clientOf(request) : undefined;
  if (client === undefined || !client.alive || client.strays >= 2) return wire;
  return [...wire, 'strayRefusal'];
}

/** What Adobe Pass does with a request, and what of its answer gets on the way. */
function outcomeOf(fate: Fault | null, request: UpstreamRequest, adobe: ModelAdobe): ModelAnswer | undefined {
  const htmlAnswer = (status: number): ModelAnswer => ({ status, contentType: 'text/html', body: html });
  switch (fate) {
    case 'connectionRefused':
      return undefined;
    case 'throttled':
      return htmlAnswer(429);
    case 'htmlAnswer':
      return htmlAnswer(200);
    case 'serverError':
      // It may well have done what it was asked to.
      adobe.answer(request);
      return htmlAnswer(500);
    case 'jsonTruncated': {
      const { status, contentType, body } = adobe.answer(request);
      return { status, contentType, body: body.slice(0, -4) };
    }
    case 'statementRejected':
      return {
        status: 400,
        contentType: 'application/json',
        body: '{"error":"invalid_software_statement"}',
      };
    case 'strayRefusal': {
      const client = adobe.clientOf(request);
      if (client !== undefined) client.strays += 1;
      return { status: 400, contentType: 'application/json', body: '{"error":"invalid_client"}' };
    }
    default:
      return adobe.answer(request);
  }
}

function clockFor(world: World, broken: Broken): ProcessClock {
  if (broken.longTimersNeverFire === true) {
    return new (class extends ProcessClock {
      override setTimer(callback: () => void, delayMs: number): ReturnType<ProcessClock['setTimer']> {
        return delayMs >= 10_000 ? { cancel: () => undefined } : super.setTimer(callback, delayMs);
      }
    })(world);
  }
  if (broken.fastClock === true) {
    const started = world.now;
    return new (class extends ProcessClock {
      override now(): number {
        return started + 3 * (super.now() - started);
      }

      override monotonic(): number {
        return this.now();
      }

      override setTimer(callback: () => void, delayMs: number): ReturnType<ProcessClock['setTimer']> {
        return super.setTimer(callback, Math.ceil(delayMs / 3));
      }
    })(world);
  }
  return new ProcessClock(world, broken.noMonotonicClock === true);
}
