import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/api/ApiClient.js';
import type { PassContext } from '../../src/PassClient.js';
import { isPassError } from '../../src/errors.js';
import { upstreamResponse } from '../http/upstreamResponse.js';
import { stage } from './scripted.js';

const redirectUrl = 'https://a.example';

/** One call of each kind. */
const calls: Readonly<Record<string, (client: ApiClient) => Promise<unknown>>> = {
  create: async (client) => await client.sessions.create({}),
  resume: async (client) => await client.sessions.resume({ code: 'A' }),
  retrieve: async (client) => await client.sessions.retrieve({ code: 'A' }),
  all: async (client) => await client.profiles.all(),
  forMvpd: async (client) => await client.profiles.forMvpd({ mvpd: 'A' }),
  forCode: async (client) => await client.profiles.forCode({ code: 'A' }),
  preauthorize: async (client) => await client.decisions.preauthorize({ mvpd: 'A', resources: ['a', 'b'] }),
  authorize: async (client) => await client.decisions.authorize({ mvpd: 'A', resources: ['a'] }),
  logout: async (client) => await client.logout({ mvpd: 'A', redirectUrl }),
  partnerSession: async (client) => await client.partnerSso.createSession({}),
  partnerProfile: async (client) => await client.partnerSso.createProfile({ samlResponse: '<a/>' }),
  configuration: async (client) => await client.configuration(),
};

const names = fc.constantFrom(
  ...[
    'profiles',
    'decisions',
    'logouts',
    'requestor',
    'mvpds',
    'existingParameters',
    'missingParameters',
    'error',
  ],
  ...[
    'actionName',
    'code',
    'url',
    'type',
    'attributes',
    'notBefore',
    'notAfter',
    'resource',
    'authorized',
    'token',
  ],
  ...[
    'serializedToken',
    'message',
    'details',
    'trace',
    'action',
    'status',
    'A',
    'a',
    '__proto__',
    'constructor',
  ],
);
const texts = fc.constantFrom(
  ...[
    'authenticate',
    'resume',
    'authorize',
    'partner_profile',
    'logout',
    'regular',
    'temporary',
    'true',
    '7',
  ],
  ...[
    'a',
    'javascript:alert(1)',
    'https://evil.example/x',
    '//evil.example',
    'network_received_error',
    'token-1',
    'tv-0815',
  ],
);
const { document } = fc.letrec<{ document: unknown }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(texts, fc.constantFrom(null, true, false, 0, -1, 1e300, 1_760_086_400_000), fc.string()),
    fc.array(tie('document'), { maxLength: 3 }),
    fc
      .array(fc.tuple(names, tie('document')), { maxLength: 6 })
      .map((members) => Object.fromEntries(members)),
  ),
}));

/** An answer as documented, but for some of what stands in it. */
const almostRight = fc
  .record({
    actionName: fc.oneof(texts, document),
    code: fc.oneof(texts, document),
    url: fc.oneof(texts, document),
    profile: document,
    type: fc.oneof(texts, document),
    decision: fc.record({ authorized: document, error: document, token: document, notAfter: document }),
    existingParameters: document,
    error: document,
  })
  .map(({ profile, type, decision, url, existingParameters, ...members }) => ({
    ...members,
    url,
    existingParameters: { a: existingParameters },
    profiles: { A: { notBefore: 1, notAfter: '2', type, attributes: { a: profile } } },
    decisions: [{ resource: 'a', ...decision }],
    logouts: { A: { actionName: 'logout', url } },
    requestor: { mvpds: [profile] },
    authenticationRequest: { request: 'a', attributesNames: profile },
  }));

const bodies = fc.oneof(
  { weight: 6, arbitrary: almostRight.map((value) => JSON.stringify(value)) },
  { weight: 6, arbitrary: document.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: document.map((value) => JSON.stringify(value).slice(0, -1)) },
  { weight: 1, arbitrary: fc.constantFrom('', '<html><body>502</body></html>', 'null', '[]', '\uFEFF{}') },
);

describe('whatever Adobe Pass answers', () => {
  it('a method ends in a result or a PassError, which repeats nothing of the call, and leads nobody astray', async () => {
    const seen = { results: 0, errors: 0 };
    const context: PassContext = { partnerFrameworkStatus: 'e30=' };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...Object.values(calls)),
        fc.constantFrom(200, 200, 200, 201, 400, 403, 500),
        bodies,
        async (call, status, body) => {
          const answer = (): Promise<ReturnType<typeof upstreamResponse>> =>
            Promise.resolve(upstreamResponse(status, body));
          const on = stage(...Array.from({ length: 6 }, answer));
          const client = new ApiClient(on, { identifier: 'tv-0815' }, context);
          try {
            const result = await on.play(call(client));
            seen.results += 1;
            expect(JSON.stringify(urlsOf(result))).not.toMatch(/evil|javascript/);
          } catch (error) {
            if (!isPassError(error)) throw error;
            seen.errors += 1;
            expect(JSON.stringify([error, error.message])).not.toMatch(/tv-0815|token-1/);
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(Math.min(seen.results, seen.errors)).toBeGreaterThan(20);
  });

  it('five megabytes of it are read as anything else', async () => {
    const profile = {
      notBefore: 1,
      notAfter: 2,
      type: 'regular',
      attributes: { a: { value: 'x'.repeat(5e6) } },
    };
    const on = stage([200, { profiles: { A: profile } }], [200, `${'['.repeat(2e5)}${']'.repeat(2e5)}`]);
    const client = new ApiClient(on, { identifier: 'tv' }, undefined);
    expect(await client.profiles.all()).toHaveLength(1);
    await expect(client.profiles.all()).rejects.toMatchObject({ code: 'upstream_response_invalid' });
  });
});

/** What an answer passes on as it came. */
const opaque: ReadonlySet<string> = new Set([
  'unknownFields',
  'raw',
  'attributes',
  'existingParameters',
  'device',
]);

/** Where an answer would send a device: whatever stands under `url`. */
function urlsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap(urlsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    opaque.has(name) ? [] : name === 'url' ? [member] : urlsOf(member),
  );
}
