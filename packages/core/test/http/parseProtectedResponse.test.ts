import { describe, expect, it } from 'vitest';
import { parseProtectedResponse } from '../../src/http/parseProtectedResponse.js';
import { gatewayPage, upstreamResponse } from './upstreamResponse.js';

describe('parseProtectedResponse', () => {
  it('gives status, headers and the parsed body', () => {
    const response = upstreamResponse(201, { profiles: {} }, { 'x-trace': '1' });
    expect(parseProtectedResponse(response)).toEqual({
      ok: true,
      answer: { status: 201, headers: response.headers, body: { profiles: {} } },
    });
  });

  it.each(['', ' \r\n'])('takes an empty body (%j) for no body', (body) => {
    expect(parseProtectedResponse(upstreamResponse(204, body))).toMatchObject({
      ok: true,
      answer: { body: undefined },
    });
  });

  it('tells a JSON null from no body', () => {
    expect(parseProtectedResponse(upstreamResponse(200, 'null'))).toMatchObject({
      ok: true,
      answer: { body: null },
    });
  });

  it('leaves the errors of single items in the body', () => {
    const body = {
      decisions: [{ resource: 'r', authorized: false, error: { code: 'authorization_denied_by_mvpd' } }],
    };
    expect(parseProtectedResponse(upstreamResponse(200, body))).toMatchObject({
      ok: true,
      answer: { body },
    });
  });

  it('finds a 200 of HTML invalid', () => {
    expect(
      parseProtectedResponse(upstreamResponse(200, gatewayPage, { 'content-type': 'text/html' })),
    ).toEqual({
      ok: false,
      failure: {
        kind: 'invalid_response',
        status: 200,
        contentType: 'text/html',
        length: gatewayPage.length,
      },
    });
  });

  it('judges everything else as a failure', () => {
    const failure = { kind: 'refused', status: 404, adobe: { status: 404 } };
    expect(parseProtectedResponse(upstreamResponse(404))).toEqual({ ok: false, failure });
    expect(parseProtectedResponse(upstreamResponse(302))).toMatchObject({
      ok: false,
      failure: { kind: 'invalid_response' },
    });
  });
});
