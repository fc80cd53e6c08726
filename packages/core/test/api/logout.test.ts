import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/api/ApiClient.js';
import { upstreamResponse } from '../http/upstreamResponse.js';
import { stage, type Stage } from './scripted.js';

const clientOn = (on: Stage): ApiClient =>
  new ApiClient(
    on,
    { identifier: 'tv', address: '203.0.113.7' },
    { serviceToken: 'a.b', partnerFrameworkStatus: 'e30=' },
  );

const parameters = { mvpd: 'A/B', redirectUrl: 'https://example.com/bye?x=1' };

describe('client.logout', () => {
  it('asks for one provider, with where the browser is to end', async () => {
    const on = stage([200, { logouts: {} }]);
    expect(await clientOn(on).logout({ ...parameters, mvpd: 'Acme' })).toEqual([]);
    const [sent] = on.transport.sent;
    expect(sent).toMatchObject({
      method: 'GET',
      path: '/api/v2/REF30/logout/Acme?redirectUrl=https%3A%2F%2Fexample.com%2Fbye%3Fx%3D1',
    });
    expect(sent?.headers).toHaveProperty('ad-service-token', 'a.b');
    expect(sent?.headers).not.toHaveProperty('ap-partner-framework-status');
  });

  it('says what is left to do, per profile', async () => {
    const on = stage([
      200,
      {
        logouts: {
          Acme: {
            actionName: 'logout',
            actionType: 'interactive',
            mvpd: 'Acme',
            url: '/adobe-services/logout?x=1',
          },
          Apple: { actionName: 'partner_logout', actionType: 'partner_interactive', mvpd: 'Apple' },
          Pass: { actionName: 'complete', actionType: 'none', later: 1 },
          New: { actionName: 'wave', actionType: 'hand', mvpd: 'New', url: 'https://evil.example' },
        },
      },
    ]);
    expect(await clientOn(on).logout({ ...parameters, mvpd: 'Acme' })).toEqual([
      {
        actionName: 'logout',
        actionType: 'interactive',
        mvpd: 'Acme',
        url: 'https://sp.auth.adobe.com/adobe-services/logout?x=1',
        unknownFields: {},
      },
      { actionName: 'partner_logout', actionType: 'partner_interactive', mvpd: 'Apple', unknownFields: {} },
      { actionName: 'complete', actionType: 'none', mvpd: 'Pass', unknownFields: { later: 1 } },
      { actionName: 'other', actionType: 'hand', mvpd: 'New', unknownFields: { actionName: 'wave' } },
    ]);
  });

  it('takes a redirect for the step that it is', async () => {
    const location = 'https://login.provider.example/out?x=1';
    const on = stage(Promise.resolve(upstreamResponse(302, '', { location })));
    expect(await clientOn(on).logout({ ...parameters, mvpd: 'Acme' })).toEqual([
      { mvpd: 'Acme', actionName: 'logout', actionType: 'interactive', url: location, unknownFields: {} },
    ]);
  });

  it('of somebody who is not signed in is done, however Adobe Pass says so', async () => {
    const invalid = { mvpd: 'Acme', actionName: 'invalid', actionType: 'none', unknownFields: {} };
    const on = stage(
      [200, { logouts: { Acme: { actionName: 'invalid', actionType: 'none', mvpd: 'Acme' } } }],
      [403, { status: 403, code: 'authenticated_profile_missing', action: 'authentication' }],
    );
    const client = clientOn(on);
    expect(await client.logout({ ...parameters, mvpd: 'Acme' })).toEqual([invalid]);
    expect(await client.logout({ ...parameters, mvpd: 'Acme' })).toEqual([invalid]);
  });

  it('ends the mark of a sign-in once a list of profiles shows that none is left', async () => {
    const profile = { notBefore: 1, notAfter: 2, issuer: 'B', type: 'regular', attributes: {} };
    const done = [200, { logouts: { Acme: { actionName: 'complete', actionType: 'none' } } }] as const;
    const none = [200, { profiles: {} }] as const;
    const on = stage(none, done, [200, { profiles: { B: profile } }], none, done, none, none);
    const client = clientOn(on);
    const signOut = async () => await client.logout({ ...parameters, mvpd: 'Acme' });
    await client.profiles.all();
    await signOut();
    await client.profiles.all();
    await client.profiles.all();
    expect(on.tokens.signedOutWith).toEqual([]);
    await signOut();
    await client.profiles.all();
    await client.profiles.all();
    expect(on.tokens.signedOutWith).toEqual(['token-1']);
  });

  it.each([
    [{ ...parameters, mvpd: '..' }],
    [{ ...parameters, mvpd: '' }],
    [parameters],
    [{ mvpd: 'Acme', redirectUrl: 'nowhere' }],
    [{ mvpd: 'Acme' } as typeof parameters],
  ])('refuses %j', async (given) => {
    const on = stage();
    await expect(clientOn(on).logout(given)).rejects.toMatchObject({
      code: 'parameter_invalid',
      status: 400,
    });
    expect(on.transport.sent).toEqual([]);
  });

  it.each([undefined, {}, { logouts: [] }, { logouts: { A: 7 } }, { logouts: { A: {} } }])(
    'refuses the answer %j',
    async (body) => {
      await expect(clientOn(stage([200, body])).logout({ ...parameters, mvpd: 'A' })).rejects.toMatchObject({
        code: 'upstream_response_invalid',
      });
    },
  );
});
