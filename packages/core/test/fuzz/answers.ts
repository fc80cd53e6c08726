import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { TransportFailure, type UpstreamResponse } from '../../src/http/Transport.js';
import { canaries } from './canaries.js';
import { pages, refusals } from './documents.js';

/** What Adobe Pass, or something in front of it, answers; or why nothing came. */
export type Answer = Pick<UpstreamResponse, 'status' | 'headers' | 'body'> | TransportFailure;

const canary = fc.constantFrom(...Object.values(canaries));

/** Texts that JSON has no value for, or that no JSON.stringify makes. */
const rawTexts = fc.oneof(
  fc.constantFrom(
    '1e400',
    '-1e400',
    '9007199254740993',
    '-0',
    '1E-7',
    'NaN',
    'Infinity',
    'undefined',
    '0x5460',
    '021600',
    '21600.',
    '"\\ud800"',
    '"\\u0000"',
    "'single'",
    '',
  ),
  fc.nat({ max: 60_000 }).map((depth) => `${'['.repeat(depth)}${']'.repeat(depth)}`),
  fc.nat({ max: 60_000 }).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  fc.nat({ max: 20_000 }).map((length) => `"${'x'.repeat(length)}"`),
);

const oddValues = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    '',
    ' ',
    0,
    -1,
    -21_600,
    0.0004,
    21_600_000,
    1e300,
    '21600',
    '-1',
    'NaN',
    '1e9',
    ' 21600 ',
    'Bearer',
    'mac',
    [],
    {},
    [null],
    { value: 1 },
    'line\r\nbreak: 1',
    'é€😀',
  ),
  canary,
  canary.map((text) => `${text}${text}`),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

const memberNames = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'toJSON',
    'then',
    'length',
    'error',
    '',
  ),
  fc.string({ maxLength: 12 }),
);

type Raw = { readonly raw: string };
type Change =
  | { readonly kind: 'replace' | 'duplicate'; readonly at: number; readonly by: unknown }
  | { readonly kind: 'remove'; readonly at: number }
  | { readonly kind: 'add'; readonly at: number; readonly name: string; readonly by: unknown };

const by = fc.oneof(
  { weight: 3, arbitrary: oddValues },
  { weight: 1, arbitrary: rawTexts.map((raw): Raw => ({ raw })) },
);

const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constantFrom('replace' as const, 'duplicate' as const), at: fc.nat(), by }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('add' as const), at: fc.nat(), name: memberNames, by }),
);

/** JSON text of `document` with one change somewhere. Written by hand, because JSON.stringify writes no member twice. */
function changed(document: unknown, change: Change): string {
  let seen = 0;
  const total = countOf(document);
  const target = change.at % total;
  const write = (value: unknown): string => {
    const mine = seen === target;
    seen += 1;
    if (mine && change.kind === 'replace') return textOf(change.by);
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
    const members = Object.entries(value).flatMap(([name, member]) => {
      const place = seen;
      const text = `${JSON.stringify(name)}:${write(member)}`;
      if (place !== target) return [text];
      if (change.kind === 'remove') return [];
      return change.kind === 'duplicate' ? [text, `${JSON.stringify(name)}:${textOf(change.by)}`] : [text];
    });
    if (mine && change.kind === 'add') members.push(`${JSON.stringify(change.name)}:${textOf(change.by)}`);
    return `{${members.join(',')}}`;
  };
  return write(document);
}

function countOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, member) => sum + countOf(member), 1);
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null && 'raw' in value
    ? String(value.raw)
    : JSON.stringify(value);
}

/** The same text as a sender with another idea of charsets, framing or compression puts it. */
const encodings: fc.Arbitrary<(text: string) => Buffer> = fc.oneof(
  { weight: 6, arbitrary: fc.constant((text: string) => Buffer.from(text)) },
  fc.constantFrom(
    (text: string) => Buffer.from(`\uFEFF${text}`),
    (text: string) => Buffer.from(`\uFEFF\uFEFF${text}`),
    (text: string) => Buffer.from(text, 'utf16le'),
    (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
    (text: string) => Buffer.from(text.replace('a', 'é'), 'latin1'),
    (text: string) => gzipSync(text),
    (text: string) => Buffer.from(`\r\n ${text} \0`),
    (text: string) => Buffer.from(`)]}'\n${text}`),
    (text: string) => Buffer.from(`${text}${text}`),
    (text: string) => Buffer.from(`/* */${text}`),
  ),
  fc.nat().map((at) => (text: string) => Buffer.from(text).subarray(0, at % (text.length + 1))),
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })).map(([at, bits]) => (text: string) => {
    const bytes = Buffer.from(text);
    if (bytes.length > 0) bytes.writeUInt8(bytes.readUInt8(at % bytes.length) ^ bits, at % bytes.length);
    return bytes;
  }),
);

/** Bodies near `document`, then anything at all. */
function bodiesNear(document: unknown): fc.Arbitrary<Buffer> {
  const near = fc.oneof(
    { weight: 1, arbitrary: fc.constant(JSON.stringify(document)) },
    { weight: 5, arbitrary: changes.map((change) => changed(document, change)) },
  );
  return fc.oneof(
    { weight: 8, arbitrary: fc.tuple(near, encodings).map(([text, encode]) => encode(text)) },
    { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.constantFrom(...pages).map((text) => Buffer.from(text)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
    { weight: 1, arbitrary: canary.map((text) => Buffer.from(text)) },
  );
}

const dates = fc.constantFrom(
  'Sat, 21 Nov 2026 08:00:00 GMT',
  'Sun, 22 Nov 2026 08:00:00 GMT',
  'Fri, 20 Nov 2026 08:00:00 GMT',
  'Thu, 01 Jan 1970 00:00:00 GMT',
  'Fri, 31 Dec 9999 23:59:59 GMT',
  'Sat, 99 Nov 2026 99:99:99 GMT',
  'Saturday, 21-Nov-26 08:00:00 GMT',
  'Sat Nov 21 08:00:00 2026',
  'tomorrow',
);

const retryAfters = fc.oneof(
  fc.constantFrom('0', '1', '-1', '1.5', '3600', '99999999999999999999', '1e3', '0x10', '', ' 2 ', '1, 2'),
  fc.nat({ max: 100_000 }).map(String),
  dates,
);

/** A server sends a header once, more often, or not at all. */
const sent = (value: fc.Arbitrary<string>): fc.Arbitrary<string | readonly string[] | undefined> =>
  fc.oneof(
    { weight: 4, arbitrary: value },
    { weight: 1, arbitrary: fc.array(value, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );

const headers: fc.Arbitrary<UpstreamResponse['headers']> = fc.record(
  {
    'content-type': sent(
      fc.oneof(
        fc.constantFrom(
          'application/json',
          'application/json;charset=utf-16',
          'APPLICATION/JSON ; charset="UTF-8"',
          'text/html',
          'application/octet-stream',
          'image/gif',
          ';',
          '',
          'a'.repeat(300),
        ),
        canary,
        canary.map((text) => `text/${text}`),
      ),
    ),
    'retry-after': sent(retryAfters),
    date: sent(dates),
    'content-length': sent(fc.constantFrom('0', '1', '-1', '99999999', 'x')),
    'content-encoding': sent(fc.constantFrom('gzip', 'br', 'identity', 'deflate, gzip')),
    location: sent(fc.constantFrom('https://evil.example/', '//evil.example', '/o/client/register', '')),
    'www-authenticate': sent(canary.map((text) => `Bearer error="${text}"`)),
    'set-cookie': sent(fc.constantFrom('AWSALB=1; Path=/', '')),
  },
  { requiredKeys: [] },
);

const failures: fc.Arbitrary<Answer> = fc
  .tuple(fc.constantFrom('timeout' as const, 'connection' as const, 'too_large' as const), fc.boolean())
  .map(([reason, mayBeProcessed]) => new TransportFailure(reason, mayBeProcessed, 'example.com: ended'));

const oddStatuses = fc.oneof(
  fc.constantFrom(200, 201, 202, 204, 206, 226, 299, 300, 301, 302, 304, 307, 308, 399),
  fc.constantFrom(400, 401, 401, 403, 404, 405, 407, 408, 409, 410, 412, 418, 425, 429, 431, 451, 499),
  fc.constantFrom(500, 501, 502, 503, 504, 511, 520, 529, 599),
  fc.integer({ min: 200, max: 599 }),
);

/** Answers to a call whose valid answer is `document`: damaged ones, refusals, and what fits no call at all. */
export function answersNear(document: unknown): fc.Arbitrary<Answer> {
  const damaged = fc.record({
    status: fc.oneof(fc.constantFrom(200, 201), oddStatuses),
    headers,
    body: bodiesNear(document),
  });
  const refused = fc
    .constantFrom(...refusals)
    .chain(([status, body]) =>
      fc.record({ status: fc.oneof(fc.constant(status), oddStatuses), headers, body: bodiesNear(body) }),
    );
  const throttled = fc.record({
    status: fc.constantFrom(429, 403),
    headers,
    body: fc.constantFrom(...pages).map((text) => Buffer.from(text)),
  });
  return fc.oneof(
    { weight: 5, arbitrary: damaged },
    { weight: 4, arbitrary: refused },
    { weight: 1, arbitrary: throttled },
    { weight: 1, arbitrary: failures },
  );
}
