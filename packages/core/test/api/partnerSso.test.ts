import { describe, expect, it } from 'vitest';
import { ApiClient } from '../../src/api/ApiClient.js';
import type { PassContext } from '../../src/PassClient.js';
import { stage, type Stage } from './scripted.js';

const clientOn = (on: Stage, context?: PassContext): ApiClient =>
  new ApiClient(on, { identifier: 'tv', address: '203.0.113.7' }, context);

const status = { partnerFrameworkStatus: 'e30=' };

const partnerProfile = {
  actionName: 'partner_profile',
  actionType: 'direct',
  reasonType: 'none',
  url: '/api/v2/REF30/profiles/sso/Apple',
  sessionId: 's',
  serviceProvider: 'REF30',
  mvpd: 'Cablevision',
  authenticationRequest: { type: 'saml', request: 'PHNhbWw+', attributesNames: ['userID'] },
};

const profile = { notBefore: 1, notAfter: 2, issuer: 'Apple', type: 'appleSSO', attributes: {} };

describe('client.partnerSso.createSession', () => {
  it('gives what the device hands to its framework', async () => {
    const on = stage([200, partnerProfile]);
    const client = clientOn(on, { ...status, subjectToken: 'a.b' });
    expect(await client.partnerSso.createSession({ domainName: 'a.example' })).toMatchObject({
      actionName: 'partner_profile',
      authenticationRequest: partnerProfile.authenticationRequest,
    });
    const [sent] = on.transport.sent;
    expect(sent).toMatchObject({ path: '/api/v2/REF30/sessions/sso/Apple', body: 'domainName=a.example' });
    expect(sent?.headers).toHaveProperty('ap-partner-framework-status', 'e30=');
    expect(sent?.headers).not.toHaveProperty('adobe-subject-token');
    expect(on.tokens.asked).toMatchObject([{ binds: true }]);
  });

  it('may turn into an ordinary sign-in', async () => {
    const fallback = { actionName: 'authenticate', reasonType: 'pfs_fallback', code: 'ABC', url: '/x' };
    const session = await clientOn(stage([200, fallback])).partnerSso.createSession({
      ...status,
      partner: 'apple',
    });
    expect(session).toMatchObject({ actionName: 'authenticate', reasonType: 'pfs_fallback', code: 'ABC' });
  });

  it('needs the status of the framework', async () => {
    const on = stage();
    const refused = clientOn(on).partnerSso.createSession({});
    await expect(refused).rejects.toMatchObject({ code: 'parameter_invalid' });
    await expect(refused).rejects.toThrow(/^partnerFrameworkStatus must be given/);
    await expect(
      clientOn(on).partnerSso.createSession({ partnerFrameworkStatus: 'a b' }),
    ).rejects.toMatchObject({ code: 'header_invalid' });
    expect(on.transport.sent).toEqual([]);
  });
});

describe('client.partnerSso.createProfile', () => {
  it.each([
    ['<saml\n\ta="1"\r\n\tb="2">\n</saml>', Buffer.from('<saml a="1" b="2"></saml>').toString('base64')],
    ['PHNhbWw+\nPC9+', 'PHNhbWw+PC9+'],
  ])('sends %j as one line of Base64, which the form encodes', async (samlResponse, base64) => {
    const on = stage([201, { profiles: { Cablevision: profile } }]);
    const client = clientOn(on, status);
    expect(await client.partnerSso.createProfile({ samlResponse })).toMatchObject({
      mvpd: 'Cablevision',
      type: 'appleSSO',
    });
    expect(on.transport.sent[0]).toMatchObject({
      method: 'POST',
      path: '/api/v2/REF30/profiles/sso/Apple',
      body: `SAMLResponse=${encodeURIComponent(base64)}`,
    });
    expect(on.tokens.asked).toMatchObject([{ binds: true }]);
  });

  it('takes the profile of degraded access for one', async () => {
    const on = stage([200, { profiles: { Cablevision: { ...profile, type: 'degraded', issuer: 'Adobe' } } }]);
    await expect(
      clientOn(on, status).partnerSso.createProfile({ samlResponse: '<x/>' }),
    ).resolves.toMatchObject({ type: 'degraded' });
  });

  it('refuses what is no response, and an answer without a profile', async () => {
    await expect(
      clientOn(stage(), status).partnerSso.createProfile({ samlResponse: ' ' }),
    ).rejects.toMatchObject({ code: 'parameter_invalid' });
    await expect(
      clientOn(stage([200, { profiles: {} }]), status).partnerSso.createProfile({ samlResponse: '<x/>' }),
    ).rejects.toMatchObject({ code: 'upstream_response_invalid' });
  });
});
