import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asksForRetry, concernsApplication, parseAdobeFailure } from '../../src/http/adobeFailure.js';
import { bodyIn, classifyFailure, unreachable } from '../../src/http/failure.js';
import { TransportFailure } from '../../src/http/Transport.js';
import { gatewayPage, upstreamResponse } from './upstreamResponse.js';

const denial = {
  action: 'none',
  status: 403,
  code: 'authorization_denied_by_mvpd',
  message: 'The MVPD has returned a "Deny" decision.',
  helpUrl: 'https://experienceleague.adobe.com/docs/primetime/authentication/enhanced-error-codes.html',
  trace: '12f6fef9-d2e0-422b-a9d7-60d799abe353',
};

describe('classifyFailure', () => {
  it('takes a 429 for throttling whatever its body says', () => {
    const page = upstreamResponse(429, gatewayPage, { 'content-type': 'text/html' });
    expect(classifyFailure(page)).toEqual({ kind: 'throttled', status: 429, retryAfterMs: null });
    expect(classifyFailure(upstreamResponse(429, denial))).toMatchObject({ kind: 'throttled', status: 429 });
  });

  it.each([
    ['seconds', '3', {}, 3_000],
    [
      'a date, by the clock of the server',
      'Thu, 01 Jan 2026 10:00:05 GMT',
      { date: 'Thu, 01 Jan 2026 10:00:00 GMT' },
      5_000,
    ],
    ['a date, by the local clock where the server tells no time', 'Thu, 01 Jan 2026 00:00:07 GMT', {}, 7_000],
    ['a date that is over', 'Thu, 01 Jan 2025 00:00:00 GMT', {}, 0],
    ['an absurd wait, cut to an hour', '99999999999999999999', {}, 3_600_000],
    ['an absurd date, cut to an hour', 'Fri, 01 Jan 2027 00:00:00 GMT', {}, 3_600_000],
    ['nonsense', 'soon', {}, null],
    ['a negative number', '-1', {}, null],
    ['no calendar day', 'Thu, 99 Xyz 2026 00:00:00 GMT', {}, null],
  ])('reads Retry-After as %s', (_, value, more, retryAfterMs) => {
    const response = upstreamResponse(429, gatewayPage, { 'retry-after': value, ...more });
    expect(classifyFailure(response)).toEqual({ kind: 'throttled', status: 429, retryAfterMs });
  });

  it('takes a 403 in which Adobe Pass itself says nothing for the throttling of the gateway', () => {
    for (const body of ['', gatewayPage, { message: 'Forbidden' }]) {
      expect(classifyFailure(upstreamResponse(403, body))).toEqual({
        kind: 'throttled',
        status: 403,
        retryAfterMs: null,
      });
    }
  });

  it('takes a 403 with an enhanced error for the refusal that it is', () => {
    expect(classifyFailure(upstreamResponse(403, denial))).toEqual({
      kind: 'refused',
      status: 403,
      adobe: { status: 403, code: 'authorization_denied_by_mvpd', action: 'none', trace: denial.trace },
      viewerMessage: { message: denial.message },
    });
  });

  it('keeps the status inside the error apart from the status of the response', () => {
    const failure = classifyFailure(upstreamResponse(400, { ...denial, status: 412 }));
    expect(failure).toMatchObject({ kind: 'refused', status: 400, adobe: { status: 412 } });
  });

  it.each([
    ['the enhanced error', denial, 'authorization_denied_by_mvpd'],
    [
      'the enhanced error under error',
      { status: 'BAD_REQUEST', error: denial },
      'authorization_denied_by_mvpd',
    ],
    ['the error of /o/client/*', { error: 'invalid_client' }, 'invalid_client'],
    ['errorCode', { errorCode: 'invalid_requestor' }, 'invalid_requestor'],
    ['a message that is an object', { ...denial, message: { text: 'no' } }, 'authorization_denied_by_mvpd'],
    [
      'a code that nobody knows yet',
      { code: 'weather_too_bad', action: 'umbrella', status: 499 },
      'weather_too_bad',
    ],
  ])('reads %s', (_, body, code) => {
    expect(classifyFailure(upstreamResponse(400, body))).toMatchObject({ kind: 'refused', adobe: { code } });
  });

  it('reads a body that begins with a byte order mark', () => {
    const body = `\uFEFF${JSON.stringify(denial)}`;
    expect(classifyFailure(upstreamResponse(403, body))).toMatchObject({
      kind: 'refused',
      adobe: { code: denial.code },
    });
  });

  it.each([
    ['empty', ''],
    ['HTML', gatewayPage],
    ['truncated', '{"status":401,"code":"inva'],
    ['JSON without a code', { status: 401 }],
    ['null', 'null'],
    ['a list', '[]'],
  ])('takes a 401 for a refusal, also where its body is %s', (_, body) => {
    expect(classifyFailure(upstreamResponse(401, body))).toEqual({
      kind: 'refused',
      status: 401,
      adobe: { status: 401 },
    });
  });

  it.each([
    ['zstd', '4 bytes of application/json in the content coding zstd, which could not be decoded'],
    ['sesame-4711', '4 bytes of application/json in the content coding unknown, which could not be decoded'],
    [undefined, '4 bytes of application/json'],
  ])('names a content coding that is still there, if it reads as one: %s', (coding, words) => {
    const headers = { 'content-type': 'application/json', ...(coding && { 'content-encoding': coding }) };
    const failure = classifyFailure(upstreamResponse(200, 'left', headers));
    expect(failure.kind === 'invalid_response' && bodyIn(failure)).toBe(words);
  });

  it('describes an unreadable 400 by type and length, and quotes none of it', () => {
    const body = '<p>software_statement=eyJhbGciOi.secret</p>';
    const failure = classifyFailure(
      upstreamResponse(400, body, { 'content-type': 'Text/HTML; charset=utf-8' }),
    );
    expect(failure).toEqual({
      kind: 'invalid_response',
      status: 400,
      contentType: 'text/html',
      length: body.length,
    });
    expect(JSON.stringify(failure)).not.toContain('secret');
  });

  it('shows no credential that an answer repeats where a code or a type belongs', () => {
    for (const secret of [
      '0c8e9a4e-64e8-4c5b-9d57-0b2d5c6a71f3',
      'eyJhbGci.eyJzdWIi.Zm9v',
      '2YotnFZFEjr1zCsicMWpAA',
    ]) {
      const bodies = [{ error: secret }, { code: secret }, { code: 'a_code', action: secret }];
      for (const body of [...bodies, { code: 'a_code', trace: `x${secret}` }])
        expect(JSON.stringify(classifyFailure(upstreamResponse(400, body)))).not.toContain(secret);
      const typed = classifyFailure(upstreamResponse(400, '<p>', { 'content-type': `text/${secret}` }));
      expect(typed).toMatchObject({ kind: 'invalid_response', contentType: undefined });
    }
  });

  it.each([200, 204, 302, 304])('has no better word for %i than an invalid response', (status) => {
    expect(classifyFailure(upstreamResponse(status, '{}'))).toMatchObject({
      kind: 'invalid_response',
      status,
    });
  });

  it('tells a failing server from one that somebody has to configure', () => {
    const failing = { ...denial, status: 500, code: 'internal_server_error' };
    expect(classifyFailure(upstreamResponse(500, failing))).toMatchObject({
      kind: 'failing',
      adobe: { code: failing.code },
    });
    expect(classifyFailure(upstreamResponse(503, gatewayPage))).toEqual({ kind: 'failing', status: 503 });
    // Some of Adobe's samples give these the action "none".
    const configuration = { ...failing, code: 'invalid_configuration_temporary_access' };
    expect(classifyFailure(upstreamResponse(500, configuration))).toMatchObject({
      kind: 'refused',
      status: 500,
    });
    const later = { ...failing, code: 'something_new', action: 'configuration' };
    expect(classifyFailure(upstreamResponse(500, later))).toMatchObject({ kind: 'refused', status: 500 });
    const retry = { ...failing, code: 'something_new', action: 'retry' };
    expect(classifyFailure(upstreamResponse(500, retry))).toMatchObject({ kind: 'failing', status: 500 });
  });

  it('lets nothing through as a code that could be a secret or break a log line', () => {
    for (const error of ['a\r\nb', 'x'.repeat(101), '<script>', 'two words', '', 7, null]) {
      expect(classifyFailure(upstreamResponse(400, { error }))).toEqual({
        kind: 'refused',
        status: 400,
        adobe: { status: 400 },
      });
    }
    const trace = { code: 'some_code', trace: 'line\nbreak' };
    expect(classifyFailure(upstreamResponse(400, trace))).toMatchObject({ adobe: { code: 'some_code' } });
    expect(JSON.stringify(classifyFailure(upstreamResponse(400, trace)))).not.toContain('break');
  });

  it('never throws, and never says more of a body than identifiers', () => {
    const bodies = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.json().map((text) => Buffer.from(text)),
      fc
        .record(
          {
            code: fc.anything(),
            action: fc.anything(),
            status: fc.anything(),
            trace: fc.anything(),
            error: fc.jsonValue(),
          },
          { requiredKeys: [] },
        )
        .map((value) => Buffer.from(safeJson(value))),
    );
    const headers = fc.dictionary(fc.constantFrom('retry-after', 'date', 'content-type'), fc.string());
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), bodies, headers, (status, body, head) => {
        const failure = classifyFailure(upstreamResponse(status, body, head));
        if ('adobe' in failure) {
          for (const value of Object.values(failure.adobe ?? {}))
            expect(String(value)).toMatch(/^[\x21-\x7E]{1,200}$/);
        }
        if (failure.kind === 'throttled' && failure.retryAfterMs !== null) {
          expect(failure.retryAfterMs).toBeGreaterThanOrEqual(0);
          expect(failure.retryAfterMs).toBeLessThanOrEqual(3_600_000);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what Adobe Pass asks for', () => {
  it('goes by the code before the action', () => {
    expect(asksForRetry({ code: 'network_received_error', action: 'none' })).toBe(true);
    expect(asksForRetry({ code: 'something_new', action: 'retry' })).toBe(true);
    expect(asksForRetry({ code: 'authorization_denied_by_mvpd', action: 'none' })).toBe(false);
    expect(concernsApplication({ code: 'invalid_access_token_service_provider' })).toBe(true);
    expect(concernsApplication({ code: 'something_new', action: 'application-registration' })).toBe(true);
    expect(concernsApplication({})).toBe(false);
  });

  it('is nothing where a body has no form of an error', () => {
    for (const body of [undefined, null, 7, 'invalid_client', [], {}, { error: {} }, { error: null }]) {
      expect(parseAdobeFailure(body, 400)).toBeUndefined();
    }
  });
});

it('a transport failure keeps what it says about the request', () => {
  const failure = unreachable(new TransportFailure('timeout', true, 'host: late'));
  expect(failure).toEqual({
    kind: 'unreachable',
    reason: 'timeout',
    mayBeProcessed: true,
    message: 'host: late',
  });
});

function safeJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return 'null';
  }
}
