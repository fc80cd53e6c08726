import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canaries, watchEvents } from './canaries.js';
import { configuration, issued, profiles, registered } from './documents.js';
import { campaignMs, holds, runs, Tally, watchUnhandled } from './runs.js';
import { goodAnswer, Wire, type Endpoint } from './Wire.js';

watchUnhandled();

const bodies: Readonly<Record<Endpoint, string>> = {
  register: JSON.stringify(registered),
  token: JSON.stringify(issued),
  api: JSON.stringify(profiles),
};

const chunk = (text: string, size = Buffer.byteLength(text).toString(16)): string => `${size}\r\n${text}\r\n`;

/** Answers that a broken server or proxy sends; `body` is what the right one would have. */
const crooked: Readonly<Record<string, (body: string) => string>> = {
  'no status line': (body) => `\r\n\r\n${body}`,
  'a status line of another protocol': (body) => `ICY 200 OK\r\n\r\n${body}`,
  'HTTP/0.9': (body) => body,
  'HTTP/2 in clear': () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'HTTP/9.9': (body) => `HTTP/9.9 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  'a status of two digits': (body) => `HTTP/1.1 20 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  'a status of four digits': (body) => `HTTP/1.1 2000 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  'a negative status': (body) => `HTTP/1.1 -20 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  'status 0': (body) => `HTTP/1.1 000 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  'status 999': (body) => `HTTP/1.1 999 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  'an upgrade nobody asked for': () => 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
  'only interim answers': () => 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n',
  'a header without a colon': (body) =>
    `HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  'a header with a NUL': (body) =>
    `HTTP/1.1 200 OK\r\nX-Trace: a\0b\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  'a folded header': (body) =>
    `HTTP/1.1 200 OK\r\nX-Trace: a\r\n folded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  'a split answer': (body) =>
    `HTTP/1.1 200 OK\r\nX: a\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  'two lengths': (body) =>
    `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nContent-Length: 3\r\n\r\n${body}`,
  'a length and chunks': (body) =>
    `HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(body)}0\r\n\r\n`,
  'a length that is too short': (body) => `HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n${body}`,
  'a length that is too long': (body) =>
    `HTTP/1.1 200 OK\r\nContent-Length: ${body.length + 50}\r\n\r\n${body}`,
  'a negative length': (body) => `HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n${body}`,
  'a length beyond numbers': (body) =>
    `HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n${body}`,
  'no length': (body) => `HTTP/1.1 200 OK\r\n\r\n${body}`,
  'chunks of a wrong size': (body) =>
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(body, '3')}0\r\n\r\n`,
  'chunks of a size that is none': (body) =>
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(body, 'xyz')}0\r\n\r\n`,
  'chunks of a huge size': (body) =>
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(body, 'FFFFFFFFFFFFFFFFF')}0\r\n\r\n`,
  'chunks without an end': (body) => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(body)}`,
  'good chunks with a trailer': (body) =>
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(body)}0\r\nX-Trailer: 1\r\n\r\n`,
  'an unknown transfer coding': (body) =>
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\n${body}`,
  'headers of 100 kB': (body) =>
    `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  'a header named __proto__': (body) =>
    `HTTP/1.1 200 OK\r\n__proto__: a\r\n__proto__: b\r\nconstructor: c\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  'the secrets in every place': () =>
    `HTTP/1.1 500 ${canaries.statement}\r\nX: ${canaries.accessToken}\r\nContent-Type: text/${canaries.clientSecret}\r\nContent-Length: 99999\r\n\r\n${canaries.clientSecret}`,
  nothing: () => '',
};

const endpoints = ['register', 'token', 'api'] as const;

describe('on a real socket', () => {
  it.each(endpoints)(
    'every crooked answer to %s, then closed or left open, ends in a typed error or a value, and the next is served',
    async (endpoint) => {
      watchEvents();
      const tally = new Tally();
      await using wire = await Wire.open();
      const cases = Object.values(crooked).flatMap((make) =>
        [true, false].map((close) => ({ bytes: Buffer.from(make(bodies[endpoint]), 'latin1'), close })),
      );
      await inParallel(cases, 12, async (answer) => {
        tally.add(await wire.try(endpoint, [answer, answer, answer, answer]));
      });
      tally.report(`crooked ${endpoint}`);
      expect(tally.of('answered')).toBeGreaterThan(2);
      expect(tally.of('upstream_unavailable') + tally.of('deadline_exceeded')).toBeGreaterThan(20);
    },
    campaignMs,
  );

  it.each(endpoints)(
    'an answer to %s that ends after any byte is never half taken',
    async (endpoint) => {
      watchEvents();
      const tally = new Tally();
      await using wire = await Wire.open();
      const whole = goodAnswer(endpoint);
      const step = Math.max(1, Math.round(4 / runs(1)));
      const lengths = Array.from({ length: Math.ceil(whole.length / step) }, (_, index) => index * step);
      await inParallel(lengths, 16, async (length) => {
        tally.add(await wire.try(endpoint, [{ bytes: whole.subarray(0, length), close: true }]));
      });
      tally.report(`cut ${endpoint}`);
      // One lost answer is made good by asking again, by the same call.
      expect(tally.of('answered')).toBeGreaterThan(lengths.length / 2);
    },
    campaignMs,
  );

  it(
    'arbitrary bytes, and a good answer with some of its bytes changed',
    async () => {
      watchEvents();
      const tally = new Tally();
      await using wire = await Wire.open();
      const texts = { ...bodies, api: JSON.stringify(configuration) };
      const changed = fc
        .tuple(
          fc.constantFrom(...endpoints),
          fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 6 }),
        )
        .map(([endpoint, changes]) => {
          const body = Buffer.from(texts[endpoint]);
          const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
          const bytes = Buffer.concat([Buffer.from(head), body]);
          for (const [at, bits] of changes) {
            // Most changes go to the head: what changed JSON does is seen without sockets.
            const place = at % (at % 4 === 0 ? bytes.length : head.length);
            bytes.writeUInt8(bytes.readUInt8(place) ^ bits, place);
          }
          return { endpoint, bytes };
        });
      const noise = fc.record({
        endpoint: fc.constantFrom(...endpoints),
        bytes: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      });
      const property = fc.asyncProperty(
        fc.array(fc.oneof({ weight: 4, arbitrary: changed }, { weight: 1, arbitrary: noise }), {
          minLength: 8,
          maxLength: 8,
        }),
        async (cases) => {
          await Promise.all(
            cases.map(async ({ endpoint, bytes }) => {
              tally.add(await wire.try(endpoint, [{ bytes, close: true }]));
            }),
          );
        },
      );
      await holds(property, 20);
      tally.report('bytes');
      expect(tally.of('answered')).toBeGreaterThan(50);
    },
    campaignMs,
  );
});

async function inParallel<Case>(
  cases: readonly Case[],
  lanes: number,
  run: (one: Case) => Promise<void>,
): Promise<void> {
  const left = [...cases];
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) await run(next);
    }),
  );
}
