import assert from 'node:assert/strict';
import { memoryCacheWith } from '../../src/cache/memoryCache.js';
import { createPassWith } from '../../src/createPassWith.js';
import type { Pass } from '../../src/Pass.js';
import { canaries, codeOf } from './canaries.js';
import { issued, profiles, registered } from './documents.js';
import { HastyClock } from './HastyClock.js';
import { rawAnswer, RawServer, type RawAnswer, type RawRequest } from './RawServer.js';
import { timingWith } from '../../src/testing/timingWith.js';

export type Endpoint = 'register' | 'token' | 'api';

/** Prepares bytes for the first calls of one device; the device is known by its User-Agent. */
export class Wire implements AsyncDisposable {
  readonly server: RawServer;
  readonly #pass: Pass;
  readonly #prepared: Map<string, RawAnswer[]> = new Map();
  readonly #registrations: Map<string, number> = new Map();
  #devices = 0;

  private constructor(server: RawServer, pass: Pass, answer: { to: (request: RawRequest) => RawAnswer }) {
    this.server = server;
    this.#pass = pass;
    answer.to = (request) => this.#answer(request);
  }

  static async open(): Promise<Wire> {
    const answer: { to: (request: RawRequest) => RawAnswer } = {
      to: () => ({ bytes: Buffer.alloc(0), close: true }),
    };
    const server = await new RawServer((request) => answer.to(request)).listen();
    const clock = new HastyClock();
    const pass = createPassWith(
      {
        softwareStatement: canaries.statement,
        serviceProvider: 'REF30',
        environment: 'local',
        baseUrl: `http://${server.host}`,
        cache: memoryCacheWith({ clock, warn: () => undefined }),
      },
      // The transport counts in real time, so its patience is shorter by as much as the clock is faster.
      {
        clock,
        random: () => 0.5,
        timing: timingWith({ machine: { upstreamTimeoutMs: 250, leaseMs: 100_000 } }),
      },
    );
    return new Wire(server, pass, answer);
  }

  /** The end of a call of a new device whose first `endpoint` calls are answered so; then it is served. */
  async try(endpoint: Endpoint, answers: readonly RawAnswer[]): Promise<string> {
    this.#devices += 1;
    const name = `TV/${this.#devices}`;
    this.#prepared.set(`${name} ${endpoint}`, [...answers]);
    const device = { identifier: `${canaries.identifier}-${this.#devices}`, userAgent: name };
    const startedAt = Date.now();
    const end = await this.#endOf(device);
    // A second of real time is 25 of the clock's, and a call has 15.
    assert(Date.now() - startedAt < 10_000, 'late');
    this.#prepared.delete(`${name} ${endpoint}`);
    let recovered = end;
    for (let attempt = 1; recovered !== 'answered' && attempt <= 20; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      recovered = await this.#endOf(device);
    }
    assert.equal(recovered, 'answered');
    const registrations = this.#registrations.get(name) ?? 0;
    assert(registrations >= 1, 'never registered');
    assert(registrations <= (endpoint === 'register' ? answers.length + 1 : 1), 'registered again');
    return end;
  }

  async #endOf(device: { identifier: string; userAgent: string }): Promise<string> {
    try {
      await this.#pass.client(device).profiles.all();
      return 'answered';
    } catch (error) {
      return codeOf(error);
    }
  }

  #answer(request: RawRequest): RawAnswer {
    const name = request.header('user-agent') ?? '';
    const endpoint = endpointOf(request);
    if (endpoint === 'register') this.#registrations.set(name, (this.#registrations.get(name) ?? 0) + 1);
    const prepared = this.#prepared.get(`${name} ${endpoint}`)?.shift();
    return prepared ?? { bytes: goodAnswer(endpoint), close: false };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const late = Symbol('late');
    const patience = new Promise((resolve) => setTimeout(resolve, 10_000, late).unref());
    assert.notEqual(await Promise.race([this.#pass.close(), patience]), late, 'close() hangs');
    await this.server[Symbol.asyncDispose]();
  }
}

function endpointOf({ path }: RawRequest): Endpoint {
  if (path === '/o/client/register') return 'register';
  return path === '/o/client/token' ? 'token' : 'api';
}

export function goodAnswer(endpoint: Endpoint): Buffer {
  if (endpoint === 'register') return rawAnswer(201, registered);
  return endpoint === 'token' ? rawAnswer(201, issued) : rawAnswer(200, profiles);
}
