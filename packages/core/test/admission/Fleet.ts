import { memoryCacheWith } from '../../src/cache/memoryCache.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createPassWith } from '../../src/createPassWith.js';
import { isPassError } from '../../src/errors.js';
import type { Transport, UpstreamRequest, UpstreamResponse } from '../../src/http/Transport.js';
import type { PassOptions } from '../../src/options.js';
import type { Pass } from '../../src/Pass.js';
import { deviceNumber, secret } from '../session/harness.js';
import { ProcessClock, VirtualTime } from '../time/VirtualTime.js';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Each of them another download of the same registered application. */
export function statementNumber(number: number): string {
  return `${part({ alg: 'RS256' })}.${part({ sub: 'tv', iat: number })}.c2lnbmF0dXJl`;
}

/** What Adobe Pass does with a register call. */
export type Verdict = 'accepted' | 'rejected' | 'failing' | 'silent';

export interface RegisterCall {
  readonly at: number;
  readonly process: number;
  readonly statement: string;
  readonly verdict: Verdict;
}

/** How one device fared: `code` is `served`, or that of the error. */
export interface Outcome {
  readonly askedAt: number;
  readonly afterMs: number;
  readonly code: string;
  readonly retryAfterMs: number | undefined;
}

export interface Server {
  readonly pass: Pass;
  readonly clock: ProcessClock;
  /** A device that nobody knows asks for a token. */
  newcomer(): Promise<Outcome>;
  /** Nothing that it has begun comes to an end. */
  die(): void;
  cacheIsDown: boolean;
}

export type Servers = readonly [Server, Server, ...Server[]];

export const registerMs = 200;
const cacheMs = 1;

/** Servers of one fleet in virtual time: they share a cache, and an Adobe Pass that a test scripts. */
export class Fleet {
  readonly time: VirtualTime = new VirtualTime();
  readonly calls: RegisterCall[] = [];
  readonly outcomes: Outcome[] = [];
  /** Swaps of records about statements. */
  statementSwaps = 0;
  cacheCalls = 0;
  judge: (call: Omit<RegisterCall, 'verdict'>) => Verdict = () => 'accepted';
  /** How long an answer to a register call is on its way. */
  wayBackMs: (verdict: Verdict) => number = () => registerMs / 2;
  readonly #cache: PassCache = memoryCacheWith({ clock: this.time, warn: () => undefined });
  #devices = 0;
  #servers = 0;

  start(options: Partial<PassOptions> = {}, aheadMs = 0): Server {
    const number = this.#servers++;
    const clock = new ProcessClock(this.time, aheadMs);
    const state = { isDead: false, cacheIsDown: false };
    const fate = async (forMs: number): Promise<void> => {
      await this.time.sleep(forMs);
      if (state.isDead) await new Promise(() => undefined);
    };
    const pass = createPassWith(
      {
        softwareStatement: statementNumber(1),
        serviceProvider: 'REF30',
        environment: 'local',
        baseUrl: 'http://127.0.0.1:9',
        application: 'tv',
        cache: this.#cacheOf(state, fate),
        secret,
        ...options,
      },
      { clock, random: () => 0.5, transport: this.#transportOf(number, clock, fate) },
    );
    return {
      pass,
      clock,
      newcomer: async () => await this.#newcomer(pass),
      die: () => (state.isDead = true),
      get cacheIsDown() {
        return state.cacheIsDown;
      },
      set cacheIsDown(next) {
        state.cacheIsDown = next;
      },
    };
  }

  startMany(count: number): Servers {
    return [this.start(), this.start(), ...Array.from({ length: count - 2 }, () => this.start())];
  }

  /** What `asked` comes to, in as much time as it takes. */
  async settled<Value>(asked: Promise<Value>): Promise<Value> {
    const progress = { isSettled: false };
    const note = (): void => void (progress.isSettled = true);
    asked.then(note, note);
    for (let ranMs = 0; ranMs < 60_000 && !progress.isSettled; ranMs += 50) await this.time.run(50);
    return await asked;
  }

  /** Register calls from `since` on; as `at` says. */
  callsSince(since: number): readonly RegisterCall[] {
    return this.calls.filter(({ at }) => at >= since);
  }

  async #newcomer(pass: Pass): Promise<Outcome> {
    const askedAt = this.time.now();
    const tell = (code: string, retryAfterMs?: number): Outcome => {
      const outcome = { askedAt, afterMs: this.time.now() - askedAt, code, retryAfterMs };
      this.outcomes.push(outcome);
      return outcome;
    };
    return await pass.authenticate(deviceNumber(this.#devices++)).then(
      () => tell('served'),
      (error: unknown) => {
        if (!isPassError(error)) throw error;
        return tell(error.code, error.retryAfterMs);
      },
    );
  }

  #cacheOf(state: { readonly cacheIsDown: boolean }, fate: (forMs: number) => Promise<void>): PassCache {
    const reach = async (): Promise<void> => {
      this.cacheCalls += 1;
      await fate(cacheMs);
      if (state.cacheIsDown) throw new Error('away');
    };
    return {
      scope: 'process',
      read: async (keys, options) => {
        await reach();
        return await this.#cache.read(keys, options);
      },
      swap: async (key, expected, next) => {
        if (key.includes(':statement:')) this.statementSwaps += 1;
        await reach();
        return await this.#cache.swap(key, expected, next);
      },
    };
  }

  #transportOf(process: number, clock: ProcessClock, fate: (forMs: number) => Promise<void>): Transport {
    return {
      send: async (request) => {
        const requestedAt = clock.now();
        const answer = (status: number, body: object): UpstreamResponse => ({
          status,
          headers: { 'content-type': 'application/json' },
          body: Buffer.from(JSON.stringify(body)),
          requestedAt,
        });
        if (request.path !== '/o/client/register') {
          await fate(registerMs / 2);
          return answer(201, { access_token: 'token', token_type: 'bearer', expires_in: 21_600 });
        }
        await fate(registerMs / 2);
        const verdict = this.#register(process, request);
        await fate(this.wayBackMs(verdict));
        if (verdict === 'failing') return answer(503, {});
        if (verdict === 'rejected') return answer(400, { error: 'invalid_software_statement' });
        if (verdict === 'silent') await fate(3_600_000);
        const id = `client-${this.calls.length}`;
        return answer(201, { client_id: id, client_secret: `secret of ${id}` });
      },
      async close() {},
    };
  }

  #register(process: number, { body }: UpstreamRequest): Verdict {
    const { software_statement: statement } = JSON.parse(body ?? '') as { software_statement: string };
    const call = { at: this.time.now(), process, statement };
    const verdict = this.judge(call);
    this.calls.push({ ...call, verdict });
    return verdict;
  }
}
