import { describe, expect, it } from 'vitest';
import { statementSource } from '../../src/dcr/statementSource.js';
import type { SoftwareStatement } from '../../src/dcr/SoftwareStatement.js';
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

  it('is asked anew after a second, and what it says again is the same value', async () => {
    const clock = new ManualClock();
    const given = [statementOf('tv'), statementOf('tv'), statementOf('phone')];
    const next = statementSource(() => given.shift() ?? '', clock, defaultTiming.admission);
    const later = async (): Promise<SoftwareStatement> => {
      clock.advance(1_000);
      return await next();
    };
    const [first, again, other] = [await next(), await later(), await later()];
    expect(again).toBe(first);
    expect(other.fingerprint).not.toBe(first.fingerprint);
    await expect(later()).rejects.toMatchObject({ code: 'software_statement_malformed' });
  });

  it('is asked once for two hundred registrations a second', async () => {
    const clock = new ManualClock();
    let asked = 0;
    const next = statementSource(
      async () => {
        asked += 1;
        return await Promise.resolve(statementOf('tv'));
      },
      clock,
      defaultTiming.admission,
    );
    await Promise.all(Array.from({ length: 100 }, async () => await next()));
    for (let count = 0; count < 100; count += 1) {
      clock.advance(5);
      await next();
    }
    expect(asked).toBe(1);
  });

  it('is asked again at once after a failure, which those that waited for it share', async () => {
    let asked = 0;
    const next = statementSource(
      () => {
        asked += 1;
        if (asked === 1) throw new Error('the vault is sealed');
        return statementOf('tv');
      },
      new ManualClock(),
      defaultTiming.admission,
    );
    const failed = await Promise.allSettled([next(), next()]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(asked).toBe(1);
    await expect(next()).resolves.toMatchObject({ fingerprint: expect.any(String) as string });
  });

  it('is asked again after its time, also where the clock was set back meanwhile', async () => {
    const clock = new ManualClock();
    let asked = 0;
    const next = statementSource(() => statementOf(`tv ${(asked += 1)}`), clock, defaultTiming.admission);
    await next();
    clock.step(-3_600_000);
    clock.advance(defaultTiming.admission.statementFreshMs);
    await next();
    expect(asked).toBe(2);
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
