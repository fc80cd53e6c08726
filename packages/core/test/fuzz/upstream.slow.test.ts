import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PassClient } from '../../src/PassClient.js';
import { answersNear, type Answer } from './answers.js';
import { watchEvents } from './canaries.js';
import { configuration, issued, profiles, refusals, registered, session } from './documents.js';
import { endpointOf, type Endpoint } from './FuzzedUpstream.js';
import { campaignMs, holds, Tally, watchUnhandled } from './runs.js';
import { device, endOf, ends, recovers, stage, type Stage } from './stage.js';

watchUnhandled();

const calls: Readonly<Record<string, (client: PassClient) => Promise<unknown>>> = {
  accessToken: (client) => client.accessToken(),
  profiles: (client) => client.profiles.all(),
  configuration: (client) => client.configuration(),
  get: (client) => client.request('GET', '/api/v2/REF30/sessions/8ER640M'),
  post: (client) =>
    client.request('POST', '/api/v2/REF30/sessions', { form: { mvpd: 'Cablevision', domainName: 'a.tv' } }),
  delete: (client) => client.request('DELETE', '/api/v2/REF30/logout/Cablevision', { json: { a: 1 } }),
};

const anyCall = fc.constantFrom(...Object.keys(calls));

function call(name: string, { pass }: Stage): Promise<unknown> {
  return calls[name]?.(pass.client(device)) ?? Promise.reject(new Error(name));
}

const answersTo = (document: unknown): fc.Arbitrary<Answer[]> =>
  fc.oneof(
    fc.array(answersNear(document), { minLength: 1, maxLength: 4 }),
    // The same again and again: only a second 401 is one that a fresh token does not cure.
    fc
      .tuple(answersNear(document), fc.integer({ min: 2, max: 8 }))
      .map(([answer, times]) => Array.from({ length: times }, () => answer)),
    // What Adobe Pass is known to say is not left to chance.
    fc
      .constantFrom(...refusals)
      .map(([status, body]) =>
        Array.from({ length: 8 }, () => ({ status, headers: {}, body: Buffer.from(JSON.stringify(body)) })),
      ),
  );

const apiDocuments: Readonly<Record<string, unknown>> = {
  profiles,
  configuration,
  get: session,
  post: session,
  delete: {},
};

/** How often Adobe Pass was asked to register, before and after it was first asked for a token. */
function registrations({ upstream }: Stage): { readonly before: number; readonly after: number } {
  const endpoints = upstream.sent.map(endpointOf);
  const firstToken = endpoints.indexOf('token');
  const isRegister = (endpoint: Endpoint): boolean => endpoint === 'register';
  const before = firstToken === -1 ? endpoints : endpoints.slice(0, firstToken);
  const after = firstToken === -1 ? [] : endpoints.slice(firstToken);
  return { before: before.filter(isRegister).length, after: after.filter(isRegister).length };
}

/** Adobe's own word that a pair is dead, which alone may start another registration. */
function mentionsInvalidClient(answers: readonly Answer[]): boolean {
  return answers.some((answer) => 'body' in answer && answer.body.includes('invalid_client'));
}

describe('whatever Adobe Pass answers', () => {
  it(
    'to a registration: the call ends in time and tells no secret, and one pair comes of it',
    async () => {
      const events = watchEvents();
      const tally = new Tally();
      const property = fc.asyncProperty(anyCall, answersTo(registered), async (name, answers) => {
        const on = stage();
        on.upstream.prepare('register', answers);
        tally.add(await endOf(on, call(name, on)));
        await recovers(on);
        const { before, after } = registrations(on);
        expect(before).toBeGreaterThanOrEqual(1);
        expect(before).toBeLessThanOrEqual(answers.length + 1);
        expect(after).toBe(0);
      });
      await holds(property, 200);
      tally.report('register');
      expect(tally.names).toEqual(
        expect.arrayContaining([
          'answered',
          'registration_refused',
          'software_statement_rejected',
          'upstream_response_invalid',
          'upstream_throttled',
          'upstream_unavailable',
        ]),
      );
      expect(events.seen).toBeGreaterThan(0);
    },
    campaignMs,
  );

  it(
    'to a token request: the call ends in time and tells no secret, and the pair stays',
    async () => {
      watchEvents();
      const tally = new Tally();
      const property = fc.asyncProperty(anyCall, answersTo(issued), async (name, answers) => {
        const on = stage();
        on.upstream.prepare('token', answers);
        tally.add(await endOf(on, call(name, on)));
        await recovers(on);
        const { before, after } = registrations(on);
        expect(before).toBe(1);
        const isDead = mentionsInvalidClient(answers);
        tally.add(isDead ? 'may be replaced' : 'must stay');
        expect(after).toBeLessThanOrEqual(isDead ? 1 : 0);
      });
      await holds(property, 200);
      tally.report('token');
      expect(tally.of('must stay')).toBeGreaterThan(50);
      expect(tally.names).toEqual(
        expect.arrayContaining([
          'answered',
          'token_refused',
          'upstream_response_invalid',
          'upstream_throttled',
          'upstream_unavailable',
        ]),
      );
    },
    campaignMs,
  );

  it(
    'to a call: it ends in time and tells no secret, and neither the pair nor the device is lost',
    async () => {
      watchEvents();
      const tally = new Tally();
      const anyApiCall = fc
        .constantFrom(...Object.keys(apiDocuments))
        .chain((name) => fc.tuple(fc.constant(name), answersTo(apiDocuments[name])));
      const property = fc.asyncProperty(anyApiCall, async ([name, answers]) => {
        const on = stage();
        on.upstream.prepare('api', answers);
        tally.add(await endOf(on, call(name, on)));
        await recovers(on);
        expect(on.upstream.count('register')).toBe(1);
      });
      await holds(property, 450);
      tally.report('api');
      expect(tally.names).toEqual(
        expect.arrayContaining([
          'answered',
          'access_token_rejected',
          'application_not_accepted',
          'upstream_refused',
          'upstream_response_invalid',
          'upstream_throttled',
          'upstream_unavailable',
        ]),
      );
    },
    campaignMs,
  );

  it(
    'to everything at once, with several callers: each ends in time',
    async () => {
      watchEvents();
      const tally = new Tally();
      const property = fc.asyncProperty(
        fc.array(anyCall, { minLength: 2, maxLength: 5 }),
        answersTo(registered),
        answersTo(issued),
        answersTo(profiles),
        async (names, register, token, api) => {
          const on = stage();
          on.upstream.prepare('register', register);
          on.upstream.prepare('token', token);
          on.upstream.prepare('api', api);
          const all = names.map((name) => call(name, on)).map((work) => endOf(on, work));
          for (const end of await Promise.all(all)) tally.add(end);
          await recovers(on);
          const { after } = registrations(on);
          // The answers that are left over may be those to the replacement.
          expect(after).toBeLessThanOrEqual(mentionsInvalidClient(token) ? 1 + register.length : 0);
        },
      );
      await holds(property, 80);
      tally.report('everything');
      expect(tally.names.length).toBeGreaterThan(5);
    },
    campaignMs,
  );
});

describe('an answer nested deeper than the stack', () => {
  const endpoints: readonly (readonly [Endpoint, string, object])[] = [
    ['register', 'accessToken', registered],
    ['token', 'accessToken', issued],
    ['api', 'profiles', profiles],
    ['api', 'configuration', configuration],
    ['api', 'get', session],
  ];

  it.each(endpoints)('of %s for %s is taken', async (endpoint, name, document) => {
    const deep = `${'[{"a":'.repeat(100_000)}1${'}]'.repeat(100_000)}`;
    const on = stage();
    const body = Buffer.from(`{"deep":${deep},${JSON.stringify(document).slice(1)}`);
    on.upstream.prepare(endpoint, [{ status: 200, headers: {}, body }]);
    expect(await endOf(on, call(name, on))).toBe('answered');
    await recovers(on);
    expect(on.upstream.count('register')).toBe(1);
  });
});

describe('an answer cut off after any byte', () => {
  const cuts: readonly (readonly [Endpoint, string, unknown])[] = [
    ['register', 'accessToken', registered],
    ['token', 'accessToken', issued],
    ['api', 'profiles', profiles],
    ['api', 'configuration', configuration],
    ['api', 'get', session],
  ];

  it.each(cuts)('of %s for %s: is never taken for the whole', async (endpoint, name, document) => {
    watchEvents();
    const text = JSON.stringify(document);
    let refused = 0;
    for (let length = 0; length < text.length; length += 1) {
      const on = stage();
      const body = Buffer.from(text.slice(0, length));
      on.upstream.prepare(endpoint, [{ status: 200, headers: {}, body }]);
      const end = await endOf(on, call(name, on));
      // Those of /o/client/ are asked for again. Nothing at all is an answer that a call may have.
      const isAnswered = endpoint !== 'api' || (name === 'get' && length === 0);
      expect(end).toBe(isAnswered ? 'answered' : 'upstream_response_invalid');
      if (!isAnswered) refused += 1;
      expect(on.upstream.count('register')).toBe(endpoint === 'register' ? 2 : 1);
      await (length % 16 === 0 ? recovers(on) : ends(on));
    }
    expect(refused + (endpoint === 'api' ? 0 : text.length)).toBeGreaterThan(text.length - 2);
  });
});
