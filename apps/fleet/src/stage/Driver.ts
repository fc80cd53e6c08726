import { Agent, request } from 'undici';
import type { CallEnd } from '../checks/History.js';
import { deviceHeader } from '../worker/devices.js';
import type { Chronicle } from './Chronicle.js';
import type { Worker } from './Worker.js';

/** Twice what a server gives its callers, so that what is late is told from what never comes. */
const givenUpMs = 30_000;

export interface CallOptions {
  /** `token`: nothing but the middleware; `profiles`: a call to Adobe Pass too. */
  readonly route?: 'token' | 'profiles';
  /** The viewer's patience: then the connection is closed. */
  readonly hangUpAfterMs?: number | null;
}

export interface Answer {
  readonly end: CallEnd;
  readonly clientId: string | null;
  readonly ms: number;
}

/** The viewers: HTTP requests to workers, each of which is recorded. */
export class Driver {
  readonly #chronicle: Chronicle;
  readonly #agent: Agent = new Agent({ connect: { timeout: givenUpMs }, headersTimeout: 0, bodyTimeout: 0 });

  constructor(chronicle: Chronicle) {
    this.#chronicle = chronicle;
  }

  async call(worker: Worker, device: number, options: CallOptions = {}): Promise<Answer> {
    const { route = 'token', hangUpAfterMs = null } = options;
    const startedAt = Date.now();
    const signal = AbortSignal.timeout(hangUpAfterMs ?? givenUpMs);
    let end: CallEnd | null;
    let clientId: string | null = null;
    try {
      const response = await request(`${worker.url}/${route}`, {
        dispatcher: this.#agent,
        headers: { [deviceHeader]: String(device) },
        signal,
      });
      const body: unknown = await response.body.json();
      end = { kind: 'answered', status: response.statusCode, code: textOf(body, 'code') };
      clientId = textOf(body, 'clientId');
    } catch {
      end = !signal.aborted ? { kind: 'lost' } : hangUpAfterMs === null ? null : { kind: 'abandoned' };
    }
    const endedAt = Date.now();
    const call = { worker: worker.name, device, startedAt, endedAt: end === null ? null : endedAt, end };
    this.#chronicle.called(call, clientId);
    return { end: end ?? { kind: 'lost' }, clientId, ms: endedAt - startedAt };
  }

  /** Once for each device, `atOnce` at a time. */
  async callEach(
    worker: Worker,
    devices: readonly number[],
    options: CallOptions & { readonly atOnce?: number } = {},
  ): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let index = next++; index < devices.length; index = next++) {
        const device = devices[index];
        if (device !== undefined) answers[index] = await this.call(worker, device, options);
      }
    };
    await Promise.all(Array.from({ length: Math.min(options.atOnce ?? 64, devices.length) }, lane));
    return answers;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

function textOf(body: unknown, name: string): string | null {
  const value = typeof body === 'object' && body !== null ? (Reflect.get(body, name) as unknown) : null;
  return typeof value === 'string' ? value : null;
}
