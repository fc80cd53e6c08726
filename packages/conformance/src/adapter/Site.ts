import { once } from 'node:events';
import {
  request as httpRequest,
  type Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import type { ServedApplication } from './AdapterConformanceOptions.js';

export interface Question {
  readonly method?: string;
  /** The device that sends it; none by default. */
  readonly device?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default: a connection of its own, closed after the answer. */
  readonly agent?: Agent;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Of `text`, if it is JSON. */
  readonly json: unknown;
}

/** The served application as its visitors see it. */
export class Site {
  readonly #served: ServedApplication;
  readonly #patienceMs: number;
  readonly #requests = new Set<ClientRequest>();
  #closed: Promise<void> | undefined;

  constructor(served: ServedApplication, patienceMs: number) {
    this.#served = served;
    this.#patienceMs = patienceMs;
  }

  async ask(path: string, question: Question = {}): Promise<Answer> {
    const sent = this.open(path, question);
    sent.end(question.body);
    return await answerTo(sent);
  }

  /** A request whose headers go out with the first piece of its body, and which has to be ended. */
  open(path: string, { method = 'GET', device, headers = {}, host, agent }: Question = {}): ClientRequest {
    const sent = httpRequest({
      host: host ?? '127.0.0.1',
      port: this.#served.port,
      path,
      method,
      headers: { ...headers, ...(device === undefined ? {} : { 'x-device': device }) } as Record<
        string,
        string | string[]
      >,
      agent: agent ?? false,
    });
    this.#requests.add(sent);
    sent.once('close', () => this.#requests.delete(sent));
    sent.setTimeout(this.#patienceMs, () =>
      sent.destroy(new Error(`${method} ${path} was not answered in ${this.#patienceMs} ms`)),
    );
    return sent;
  }

  /** Once every request that runs has been answered. */
  async close(): Promise<void> {
    this.#closed ??= this.#served.close();
    await settledInTime(this.#closed, this.#patienceMs);
  }

  hangUp(): void {
    for (const sent of this.#requests) sent.on('error', () => undefined).destroy();
  }
}

/** The answer, read to its end. Ask for it before anything else is awaited. */
export async function answerTo(sent: ClientRequest): Promise<Answer> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const isJson = /json/.test(response.headers['content-type'] ?? '') && text !== '';
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text,
    json: isJson ? (JSON.parse(text) as unknown) : undefined,
  };
}

/** Waits for something that is not an answer. */
export async function eventually(what: string, isSo: () => boolean, withinMs: number): Promise<void> {
  const giveUpAt = Date.now() + withinMs;
  while (!isSo()) {
    if (Date.now() > giveUpAt) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function settledInTime(closing: Promise<void>, patienceMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`close() took longer than ${patienceMs} ms`)), patienceMs);
  });
  try {
    await Promise.race([closing, late]);
  } finally {
    clearTimeout(timer);
  }
}
