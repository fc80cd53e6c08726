import { describe, expect, it } from 'vitest';
import { statementSource } from '../../src/dcr/statementSource.js';
import { ManualClock } from '../time/ManualClock.js';
import { defaultTiming } from '../../src/timing.js';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const statementOf = (sub: string): string => `${part({ alg: 'RS256' })}.${part({ sub })}.c2lnbmF0dXJl`;

describe('the source of the software statement', () => {
  it('is no longer waited for after ten seconds', async () => {
    const clock = new ManualClock();
    const statement = statementSource(() => new Promise(() => undefined), clock, defaultTiming.admission)();
    const failed = statement.catch((error: unknown) => error);
    await Promise.resolve();
    clock.advance(10_000);
    expect(await failed).toMatchObject({
      code: 'software_statement_unavailable',
      message: 'the softwareStatement function was rejected (TimeoutError)',
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it('is asked anew each time, and what it says again is the same value', async () => {
    const given = [statementOf('tv'), statementOf('tv'), statementOf('phone')];
    const next = statementSource(() => given.shift() ?? '', new ManualClock(), defaultTiming.admission);
    const [first, again, other] = [await next(), await next(), await next()];
    expect(again).toBe(first);
    expect(other.fingerprint).not.toBe(first.fingerprint);
    await expect(next()).rejects.toMatchObject({ code: 'software_statement_malformed' });
  });

  it('is not quoted where it fails', async () => {
    const next = statementSource(
      () => {
        throw new TypeError('cannot read eyJhbGciOi');
      },
      new ManualClock(),
      defaultTiming.admission,
    );
    await expect(next()).rejects.toMatchObject({
      code: 'software_statement_unavailable',
      message: 'the softwareStatement function was rejected (TypeError)',
    });
  });
});
