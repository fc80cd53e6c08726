import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  processRequestAccessTokenResponse,
  requestAccessTokenRequest,
} from '../../src/dcr/requestAccessToken.js';
import { gatewayPage, upstreamResponse } from '../http/upstreamResponse.js';

/** The sample of the documentation. */
const documented = {
  id: '74be6f9d-e56d-4ed4-8a63-2e0bb7c5ef1c',
  access_token: '2YotnFZFEjr1zCsicMWpAA',
  created_at: 1_723_227_212_000,
  expires_in: 21_600,
  token_type: 'bearer',
};

describe('requestAccessTokenRequest', () => {
  it('sends the credentials in the body, encoded, and never in the path', () => {
    const request = requestAccessTokenRequest({
      clientId: 'id&x',
      clientSecret: 's=+ %',
      headers: { 'user-agent': 'tv' },
    });
    expect(request).toEqual({
      method: 'POST',
      path: '/o/client/token',
      headers: {
        'user-agent': 'tv',
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json;charset=utf-8',
      },
      body: 'client_id=id%26x&client_secret=s%3D%2B+%25&grant_type=client_credentials',
    });
  });
});

describe('processRequestAccessTokenResponse', () => {
  it.each([200, 201])('takes the token and its life from a %i', (status) => {
    const processed = processRequestAccessTokenResponse(upstreamResponse(status, documented));
    expect(processed).toEqual({
      ok: true,
      answer: {
        accessToken: documented.access_token,
        lifeMs: 21_600_000,
        requestedAt: upstreamResponse(status).requestedAt,
      },
    });
  });

  it.each([
    ['text', '21600', 21_600_000],
    ['a fraction', 1.5, 1_500],
    ['a year', 31_536_000, 31_536_000_000],
  ])('reads a life given as %s', (_, expiresIn, lifeMs) => {
    const response = upstreamResponse(201, { ...documented, expires_in: expiresIn });
    expect(processRequestAccessTokenResponse(response)).toMatchObject({ ok: true, answer: { lifeMs } });
  });

  it.each(['Bearer', 'BEARER', undefined])('takes the token type %s', (tokenType) => {
    const response = upstreamResponse(201, { ...documented, token_type: tokenType });
    expect(processRequestAccessTokenResponse(response)).toMatchObject({ ok: true });
  });

  it.each([
    ['no token', { access_token: undefined }],
    ['an empty token', { access_token: '' }],
    ['a token that is no text', { access_token: 7 }],
    ['a token with a line break', { access_token: 'a\r\nx-admin: 1' }],
    ['a token with a space', { access_token: 'a b' }],
    ['a token beyond ASCII', { access_token: 'tokén' }],
    ['a token too long for a header', { access_token: 'x'.repeat(8_193) }],
    ['no life', { expires_in: undefined }],
    ['a life of zero', { expires_in: 0 }],
    ['a life of zero as text', { expires_in: '0' }],
    ['a negative life', { expires_in: -1 }],
    ['a life in milliseconds since 1970', { expires_in: 1_723_227_212_000 }],
    ['a life that is no number', { expires_in: 'soon' }],
    ['a life in hexadecimal', { expires_in: '0x10' }],
    ['a life of null', { expires_in: null }],
    ['another token type', { token_type: 'mac' }],
    ['a token type that is no text', { token_type: 1 }],
  ])('finds a 201 with %s invalid', (_, change) => {
    const response = upstreamResponse(201, { ...documented, ...change });
    expect(processRequestAccessTokenResponse(response)).toMatchObject({
      ok: false,
      failure: { kind: 'invalid_response' },
    });
  });

  it.each([
    ['HTML', gatewayPage],
    ['an endless life', '{"access_token":"t","expires_in":1e999}'],
    ['null', 'null'],
    ['nothing', ''],
  ])('finds a 201 with %s invalid', (_, body) => {
    const processed = processRequestAccessTokenResponse(upstreamResponse(201, body));
    expect(processed).toMatchObject({ ok: false, failure: { kind: 'invalid_response', status: 201 } });
  });

  it.each(['invalid_request', 'invalid_client', 'unauthorized_client', 'unsupported_grant_type'])(
    'passes %s on',
    (error) => {
      expect(processRequestAccessTokenResponse(upstreamResponse(400, { error }))).toEqual({
        ok: false,
        failure: { kind: 'refused', status: 400, adobe: { status: 400, code: error } },
      });
    },
  );

  it('gives no token that could not be sent, whatever comes', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.jsonValue());
    const body = fc.record({
      access_token: value,
      expires_in: value,
      token_type: fc.constantFrom('bearer', undefined, 'x'),
    });
    fc.assert(
      fc.property(body, (given) => {
        const processed = processRequestAccessTokenResponse(upstreamResponse(201, given));
        if (!processed.ok) return;
        expect(processed.answer.accessToken).toMatch(/^[\x21-\x7E]{1,8192}$/);
        expect(processed.answer.lifeMs).toBeGreaterThan(0);
        expect(Number.isSafeInteger(processed.answer.lifeMs)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
