import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/api/ApiClient.js';
import { createPassClient } from '../../src/api/createPassClient.js';
import type { HttpMethod, PassRequestInit } from '../../src/api/request/types.js';
import { errorOf } from '../errorOf.js';
import { stage, type Stage } from './scripted.js';

const device = { identifier: 'living-room', address: '203.0.113.7' };

const request = (on: Stage, method: HttpMethod, path: string, init?: PassRequestInit) =>
  createPassClient(on, device, { tempPassIdentity: 'e30=' }).request(method, path, init);

describe('client.request', () => {
  it('sends JSON', async () => {
    const on = stage([200, { decisions: [] }]);
    const { body, status } = await request(on, 'POST', '/api/v2/REF30/decisions/authorize/Acme', {
      json: { resources: ['a'] },
    });
    expect([status, body]).toEqual([200, { decisions: [] }]);
    expect(on.transport.sent[0]).toMatchObject({ body: '{"resources":["a"]}', method: 'POST' });
    expect(on.transport.sent[0]?.headers).toMatchObject({
      'content-type': 'application/json;charset=utf-8',
      'ap-device-identifier': 'fingerprint bGl2aW5nLXJvb20=',
      'ap-temppass-identity': 'e30=',
    });
  });

  it('sends a form', async () => {
    const on = stage([200, {}]);
    await request(on, 'POST', '/api/v2/REF30/sessions', { form: { mvpd: 'A&B', domainName: 'adobe.com' } });
    expect(on.transport.sent[0]).toMatchObject({ body: 'mvpd=A%26B&domainName=adobe.com' });
  });

  it('adds the query', async () => {
    const on = stage([200, '']);
    const { body } = await request(on, 'GET', '/api/v2/REF30/logout/Acme', {
      query: { redirectUrl: 'https://a.example/?x=1' },
    });
    expect(body).toBeUndefined();
    expect(on.transport.sent[0]?.path).toBe(
      '/api/v2/REF30/logout/Acme?redirectUrl=https%3A%2F%2Fa.example%2F%3Fx%3D1',
    );
  });

  it.each(['/o/client/token', '//evil.example/api/v2/x', '/api/v2/../../o/client/token'])(
    'refuses the path %s',
    async (path) => {
      const on = stage();
      await expect(request(on, 'GET', path)).rejects.toMatchObject({ code: 'request_path_invalid' });
      expect(on.transport.sent).toHaveLength(0);
    },
  );

  it.each<[HttpMethod, PassRequestInit]>([
    ['GET', { json: {} }],
    ['POST', { json: {}, form: {} }],
    ['POST', { json: () => 1 }],
    ['POST', { json: 1n }],
    ['POST', { json: cyclic() }],
    ['POST', { form: { mvpd: Symbol('Cablevision') as unknown as string } }],
    ['POST', { form: { mvpd: 7 as unknown as string } }],
    ['POST', { form: null as unknown as Record<string, string> }],
    ['POST', null as unknown as PassRequestInit],
    ['PATCH' as HttpMethod, {}],
    [1n as unknown as HttpMethod, {}],
  ])('refuses %s with %o', async (method, init) => {
    await expect(request(stage(), method, '/api/v2/REF30/x', init)).rejects.toMatchObject({
      code: 'option_invalid',
    });
  });

  it('keeps the path, which may hold a code, out of errors', async () => {
    const on = stage([400, { code: 'invalid_authentication_session', action: 'none' }]);
    const failed = request(on, 'GET', '/api/v2/REF30/sessions/ABC1234');
    await expect(failed).rejects.toMatchObject({ code: 'upstream_refused' });
    await expect(failed).rejects.not.toThrow(/ABC1234/);
  });
});

describe('a client', () => {
  it('tells at once what is wrong with its device or context', () => {
    const on = stage();
    const codeOf = (given: unknown, context = {}): string =>
      errorOf(() => createPassClient(on, given as typeof device, context)).code;
    expect(codeOf(undefined)).toBe('device_missing');
    expect(codeOf({ identifier: '' })).toBe('device_identifier_invalid');
    expect(codeOf(device, { serviceToken: 'two words' })).toBe('header_invalid');
  });

  it('gives the token in memory, or obtains one', async () => {
    const on = stage();
    const client = createPassClient(on, device);
    expect(await client.accessToken()).toBe('token-1');
    expect(on.tokens.asked).toHaveLength(0);
    on.tokens.held = undefined;
    expect(await client.accessToken()).toBe('token-1');
    expect(on.tokens.asked).toHaveLength(1);
    await expect(client.accessToken({ signal: AbortSignal.abort('gone') })).rejects.toBe('gone');
  });

  it('without a device throws or rejects on every use', async () => {
    const client = new ApiClient(stage(), undefined, undefined);
    expect(errorOf(() => client.device).code).toBe('device_missing');
    const uses = [
      client.accessToken(),
      client.configuration(),
      client.profiles.all(),
      client.request('GET', '/api/v2/x'),
    ];
    for (const use of uses) await expect(use).rejects.toMatchObject({ code: 'device_missing', status: 400 });
  });

  it('does not show its device when it is logged', () => {
    const client = createPassClient(stage(), device);
    expect(inspect(client, { showHidden: true, depth: 5 })).not.toContain('living-room');
    expect(JSON.stringify(client)).not.toContain('living-room');
  });
});

function cyclic(): object {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  return cycle;
}
