import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { processRegisterClientResponse, registerClientRequest } from '../../src/dcr/registerClient.js';
import { gatewayPage, upstreamResponse } from '../http/upstreamResponse.js';

/** The sample of the documentation. */
const documented = {
  client_id: '0b5f3d9b-7e32-4b8b-a8bb-9d3b6a1d6d6d',
  client_secret: '5a2c6f2e-9ae2-4b73-a2df-6a4bb8d7f1ab',
  client_id_issued_at: 1_723_227_212,
  redirect_uris: ['adbe.kTdkOzfG7KPZDtyE5vCZfQ://'],
  grant_types: ['client_credentials'],
  scopes: ['api:client:v2'],
};

describe('registerClientRequest', () => {
  it('presents the statement as JSON, with the headers of the device', () => {
    const headers = { 'x-device-info': 'e30=', 'x-forwarded-for': '203.0.113.7' };
    expect(registerClientRequest({ softwareStatement: 'a.b.c', redirectUri: 'app://home', headers })).toEqual(
      {
        method: 'POST',
        path: '/o/client/register',
        headers: {
          ...headers,
          'content-type': 'application/json;charset=utf-8',
          accept: 'application/json;charset=utf-8',
        },
        body: '{"software_statement":"a.b.c","redirect_uri":"app://home"}',
      },
    );
  });

  it('leaves an absent redirect URI out', () => {
    expect(registerClientRequest({ softwareStatement: 'a.b.c', headers: {} }).body).toBe(
      '{"software_statement":"a.b.c"}',
    );
  });
});

describe('processRegisterClientResponse', () => {
  it.each([200, 201, 202])('takes the credentials from a %i', (status) => {
    expect(processRegisterClientResponse(upstreamResponse(status, documented))).toEqual({
      ok: true,
      answer: { clientId: documented.client_id, clientSecret: documented.client_secret },
    });
  });

  it.each([
    ['no id', { ...documented, client_id: undefined }],
    ['no secret', { ...documented, client_secret: undefined }],
    ['an empty id', { ...documented, client_id: '' }],
    ['an empty secret', { ...documented, client_secret: '' }],
    ['a number', { ...documented, client_secret: 7 }],
    ['an oversize id', { ...documented, client_id: 'x'.repeat(513) }],
    ['an oversize secret', { ...documented, client_secret: 'x'.repeat(513) }],
    ['a lone surrogate', { ...documented, client_secret: '\uD800' }],
    ['null', 'null'],
    ['a list', '[]'],
    ['an empty body', ''],
    ['HTML', gatewayPage],
    ['truncated JSON', JSON.stringify(documented).slice(0, -20)],
  ])('finds a 201 with %s invalid, and quotes none of it', (_, body) => {
    const processed = processRegisterClientResponse(upstreamResponse(201, body));
    expect(processed).toMatchObject({ ok: false, failure: { kind: 'invalid_response', status: 201 } });
    expect(JSON.stringify(processed)).not.toContain(documented.client_secret.slice(0, 8));
  });

  it.each([
    'invalid_request',
    'invalid_redirect_uri',
    'invalid_software_statement',
    'unapproved_software_statement',
  ])('passes %s on', (error) => {
    expect(processRegisterClientResponse(upstreamResponse(400, { error }))).toEqual({
      ok: false,
      failure: { kind: 'refused', status: 400, adobe: { status: 400, code: error } },
    });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.json(), fc.string()), (status, body) => {
        const processed = processRegisterClientResponse(upstreamResponse(status, body));
        expect(typeof processed.ok).toBe('boolean');
      }),
    );
  });
});
