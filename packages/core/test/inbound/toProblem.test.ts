import { describe, expect, it } from 'vitest';
import { errorTable, PassError, type PassErrorCode } from '../../src/errors.js';
import { toProblem } from '../../src/inbound/toProblem.js';

describe('toProblem', () => {
  it("answers with this server's status, never with Adobe's", () => {
    const adobe = { status: 401, code: 'invalid_access_token_service_provider', trace: 'trace-1' };
    const problem = toProblem(new PassError('access_token_rejected', 'GET profiles: refused', { adobe }));
    expect(problem).toEqual({
      status: 500,
      headers: { 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' },
      body: {
        type: 'https://github.com/pass-dcr/pass-dcr/blob/main/docs/errors.md#access_token_rejected',
        title: 'Adobe Pass rejects the access token, also a fresh one.',
        status: 500,
        code: 'access_token_rejected',
      },
    });
  });

  it("tells a device what is wrong only where the fault is the device's", () => {
    expect(toProblem(new PassError('device_missing', 'no device'))?.body.detail).toBe('no device');
    for (const code of Object.keys(errorTable) as PassErrorCode[]) {
      const body = toProblem(new PassError(code, 'detail'))?.body;
      expect(body?.detail === undefined).toBe(errorTable[code].status !== 400);
    }
  });

  it('says when to come back, and that the viewer has to sign in', () => {
    const problem = toProblem(
      new PassError('upstream_throttled', 'wait', { retryAfterMs: 1_200, viewerMustSignIn: true }),
    );
    expect(problem?.headers['Retry-After']).toBe('2');
    expect(problem?.body).toMatchObject({ retryAfterMs: 1_200, viewerMustSignIn: true });
  });

  it('leaves other errors alone', () => {
    expect(toProblem(new Error('other'))).toBeUndefined();
    expect(toProblem(undefined)).toBeUndefined();
    expect(toProblem(Object.assign(new Error('http'), { status: 404 }))).toBeUndefined();
  });

  it('answers an error of a newer copy of the package', () => {
    const newer = Object.defineProperty(new PassError('closed', 'later'), 'code', { value: 'brand_new' });
    expect(toProblem(newer)?.body).toMatchObject({
      code: 'brand_new',
      title: 'The request could not be served.',
    });
  });
});
