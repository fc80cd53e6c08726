import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/time/clock.js';
import { createPassWith } from '../../src/createPassWith.js';
import type { PassContext } from '../../src/PassClient.js';
import type { HttpMethod, PassRequestInit } from '../../src/api/request/types.js';
import { memoryCacheWith } from '../../src/cache/memoryCache.js';
import { canaries, codeOf, watchEvents } from './canaries.js';
import { issued, registered, session } from './documents.js';
import { rawAnswer, RawServer, type RawAnswer, type RawRequest } from './RawServer.js';
import { campaignMs, holds, Tally, watchUnhandled } from './runs.js';

watchUnhandled();

const breaks = fc.constantFrom(
  '\r\n',
  '\n',
  '\r',
  '\0',
  ' HTTP/1.1\r\nHost: evil.example\r\n\r\n',
  '\r\nX-Injected: 1',
);
const unicode = fc.string({ unit: 'binary', maxLength: 30 });
const anyText = fc.oneof(
  unicode,
  fc.tuple(unicode, breaks, unicode).map((parts) => parts.join('')),
  fc.stringMatching(/^[!-~]{0,30}$/),
);

const segments = fc.constantFrom(
  '..',
  '.',
  '%2e%2e',
  '%2E.',
  '%252e%252e',
  '..;a=b',
  '%2f',
  '%5c',
  '\\',
  '/',
  '//',
  '@evil.example',
  ':8080',
  '#',
  '?',
  '%',
  '%00',
  '%0d%0a',
  'REF30',
  'profiles',
  'é',
  ' ',
  '*',
);

const paths = fc.oneof(
  anyText,
  anyText.map((text) => `/api/v2/${text}`),
  anyText.map((text) => `/api/v2/x?${text}`),
  fc.array(segments, { maxLength: 8 }).map((parts) => `/api/v2/${parts.join('/')}`),
  fc.array(segments, { maxLength: 8 }).map((parts) => `/api/v2/${parts.join('')}`),
  fc.array(segments, { maxLength: 6 }).map((parts) => parts.join('')),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.webPath().map((path) => `/api/v2${path}`),
  fc.stringMatching(/^[\w.~!$&'()*+,;=:@-]{1,20}$/).map((text) => `/api/v2/REF30/${text}`),
  fc.constantFrom(
    'http://evil.example/api/v2/x',
    '//evil.example/api/v2/x',
    '/api/v2',
    '/o/client/register',
    '*',
    '',
  ),
);

/** Mostly what goes through, because what is refused has been seen by nobody. */
const rarely = (usual: fc.Arbitrary<string | undefined>): fc.Arbitrary<string | undefined> =>
  fc.oneof({ weight: 20, arbitrary: usual }, { weight: 1, arbitrary: anyText });

const contexts: fc.Arbitrary<PassContext> = fc.record({
  subjectToken: rarely(fc.constant(undefined)),
  rokuConnectToken: rarely(fc.constant('a.b.c')),
  serviceToken: rarely(fc.constant(undefined)),
  partnerFrameworkStatus: rarely(fc.constant('e30=')),
  tempPassIdentity: rarely(fc.stringMatching(/^[!-~]{1,20}$/)),
  visitorIdentifier: rarely(fc.constant(undefined)),
});

const texts = fc.dictionary(anyText, anyText, { maxKeys: 3 });
const inits: fc.Arbitrary<PassRequestInit> = fc.oneof(
  fc.constant({}),
  texts.map((query) => ({ query })),
  texts.map((form) => ({ form })),
  fc.jsonValue().map((json) => ({ json })),
  fc.tuple(texts, texts).map(([query, form]) => ({ query, form })),
);

const methods = fc.constantFrom<HttpMethod>('GET', 'POST', 'PUT', 'DELETE');

function answer({ path }: RawRequest): RawAnswer {
  if (path === '/o/client/register') return { bytes: rawAnswer(201, registered), close: false };
  if (path === '/o/client/token') return { bytes: rawAnswer(201, issued), close: false };
  return { bytes: rawAnswer(200, session), close: false };
}

/** Every header that a protected call may carry. */
const headerNames: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'accept',
  'accept-encoding',
  'content-length',
  'content-type',
  'authorization',
  'ap-device-identifier',
  'x-device-info',
  'x-forwarded-for',
  'user-agent',
  'adobe-subject-token',
  'x-roku-reserved-roku-connect-token',
  'ad-service-token',
  'ap-partner-framework-status',
  'ap-temppass-identity',
  'ap-visitor-identifier',
]);

const device = { identifier: canaries.identifier, address: '203.0.113.7', userAgent: 'TV/1', info: 'e30=' };

async function serve(): Promise<{ server: RawServer; pass: ReturnType<typeof createPassWith> }> {
  const server = await new RawServer(answer).listen();
  const clock = systemClock;
  const pass = createPassWith(
    {
      softwareStatement: canaries.statement,
      serviceProvider: 'REF30',
      environment: 'local',
      baseUrl: `http://${server.host}`,
      cache: memoryCacheWith({ clock, warn: () => undefined }),
    },
    { clock, random: Math.random },
  );
  return { server, pass };
}

/** What the server saw is one request of this client, below /api/v2/ whichever way its path is read. */
function expectHarmless(request: RawRequest, host: string, method: string): void {
  const [verb, target = '', version, ...more] = request.line.split(' ');
  expect([verb, version, more]).toEqual([method, 'HTTP/1.1', []]);
  expect(target).toMatch(/^\/api\/v2\/[\x21-\x7E]+$/);
  for (let read = target.split('?', 1)[0] ?? '', times = 0; times < 3; times += 1) {
    const resolved = new URL(read.replaceAll('\\', '/').replaceAll(/;[^/]*/g, ''), `http://${host}`);
    expect(resolved.pathname).toMatch(/^\/api\/v2\//);
    expect(resolved.host).toBe(host);
    read = decoded(read);
  }
  expect(request.header('host')).toBe(host);
  const names = request.headerLines.map((line) => line.split(':', 1)[0]?.toLowerCase() ?? '');
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(headerNames).toContain(name);
  for (const line of request.headerLines) expect(line).toMatch(/^[\w-]+: [\t\x20-\x7E]*$/);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

describe('client.request', () => {
  it(
    'with any path, query, body and context: leaves neither host nor /api/v2/, and adds no header',
    async () => {
      watchEvents();
      const tally = new Tally();
      const { server, pass } = await serve();
      await pass.authenticate(device);
      let expected = server.requests.length;
      const property = fc.asyncProperty(
        methods,
        paths,
        inits,
        contexts,
        async (method, path, init, context) => {
          try {
            const work = async (): Promise<unknown> =>
              await pass.client(device, context).request(method, path, init);
            await work();
            tally.add('sent');
            expected += 1;
            const request = server.requests.at(-1);
            if (request === undefined) throw new Error('nothing came');
            expectHarmless(request, server.host, method);
            const form = init.form === undefined ? undefined : new URLSearchParams(init.form).toString();
            const json = init.json === undefined ? undefined : JSON.stringify(init.json);
            expect(request.body).toBe(Buffer.from(form ?? json ?? '').toString('latin1'));
          } catch (error) {
            tally.add(codeOf(error));
            expect(['request_path_invalid', 'header_invalid', 'option_invalid']).toContain(codeOf(error));
          }
          expect(server.requests).toHaveLength(expected);
          expect(server.strays).toEqual([]);
        },
      );
      await holds(property, 800);
      tally.report('client.request');
      for (const end of ['sent', 'request_path_invalid', 'header_invalid', 'option_invalid'])
        expect(tally.of(end)).toBeGreaterThan(1);
      await pass.close();
      await server[Symbol.asyncDispose]();
    },
    campaignMs,
  );

  it(
    'with arguments of any type: says which is wrong, and sends nothing that was not asked for',
    async () => {
      watchEvents();
      const tally = new Tally();
      const { server, pass } = await serve();
      await pass.authenticate(device);
      const cycle: { self?: unknown } = {};
      cycle.self = cycle;
      const odd = fc.oneof(
        { weight: 4, arbitrary: fc.anything({ withBigInt: true, withSparseArray: true, withMap: true }) },
        { weight: 1, arbitrary: fc.constantFrom<unknown>(cycle, 1n, Symbol('x'), () => 1, null) },
      );
      const oddInits = fc.oneof(
        odd,
        fc.constant<unknown>(canaries.secret),
        fc.record({ json: odd }),
        fc.record({ form: odd }),
        fc.record({ query: odd }),
        fc.record({ form: fc.dictionary(fc.string(), odd) }),
        fc.record({ query: fc.dictionary(fc.string(), odd) }),
      );
      const argumentsOf = fc.tuple(
        fc.oneof({ weight: 6, arbitrary: fc.constant<unknown>('POST') }, { weight: 1, arbitrary: odd }),
        fc.oneof(
          { weight: 6, arbitrary: fc.constant<unknown>('/api/v2/REF30/sessions') },
          { weight: 1, arbitrary: odd },
        ),
        oddInits,
      );
      const property = fc.asyncProperty(argumentsOf, async ([method, path, init]) => {
        try {
          await pass.client(device).request(method as HttpMethod, path as string, init as PassRequestInit);
          tally.add('sent');
          const request = server.requests.at(-1);
          if (request === undefined) throw new Error('nothing came');
          expectHarmless(request, server.host, 'POST');
        } catch (error) {
          tally.add(codeOf(error));
          expect(['request_path_invalid', 'option_invalid']).toContain(codeOf(error));
        }
      });
      await holds(property, 400);
      tally.report('arguments');
      for (const end of ['sent', 'request_path_invalid', 'option_invalid'])
        expect(tally.of(end)).toBeGreaterThan(5);
      await pass.close();
      await server[Symbol.asyncDispose]();
    },
    campaignMs,
  );
});
