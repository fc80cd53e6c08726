import { describe, expect, it } from 'vitest';
import { defaultPolicy } from './defaultPolicy.js';
import { holdToken, notAhead, postponeRenewal, servable, tokenOf } from '../../src/registration/token.js';
import { absent, hourMs, lifeMs, pair, startedAt, stored, tokenFor, unreadable } from './device.js';

const owner = pair('owner');

describe('a token', () => {
  it.each([
    ['at 65 % of its life by the first device', 0, 0.65],
    ['in the middle of the spread by the middle one', 0.5, 0.725],
    ['at 80 % by the last', 1, 0.8],
  ])('is renewed %s', (_, jitter, part) => {
    const held = holdToken(tokenFor(owner), jitter, defaultPolicy);
    expect(held.renewAt).toBe(startedAt + part * lifeMs);
  });

  it.each([
    ['a minute before its expiry', lifeMs, 60_000],
    ['a minute before its expiry, which is the last tenth of ten minutes', 600_000, 60_000],
    ['for the last tenth of a shorter life', 50_000, 5_000],
  ])('is no longer handed out %s', (_, life, marginMs) => {
    const held = holdToken(tokenFor(owner, 0, life), 0, defaultPolicy);
    expect(held.servableUntil).toBe(startedAt + life - marginMs);
  });

  it('lives by whole milliseconds, rounded to the safe side', () => {
    const { renewAt, servableUntil } = holdToken(tokenFor(owner, 0, 1_001), 0, defaultPolicy);
    expect([renewAt, servableUntil]).toEqual([startedAt + 650, startedAt + 900]);
  });

  it('keeps its text and its expiry', () => {
    const record = tokenFor(owner);
    expect(holdToken(record, 0, defaultPolicy)).toMatchObject({
      accessToken: record.accessToken,
      expiresAt: startedAt + lifeMs,
    });
  });

  it('can be handed out up to its margin, and not from there on', () => {
    const held = holdToken(tokenFor(owner), 0, defaultPolicy);
    expect(servable(held, held.servableUntil - 1)).toBe(held);
    expect(servable(held, held.servableUntil)).toBeNull();
  });

  it('that is not there cannot be handed out', () => {
    expect(servable(null, startedAt)).toBeNull();
  });

  it('whose renewal could not be had serves to its true expiry, and is not renewed before the delay', () => {
    const held = holdToken(tokenFor(owner), 0, defaultPolicy);
    expect(postponeRenewal(held, startedAt + hourMs, 5_000)).toEqual({
      ...held,
      servableUntil: held.expiresAt,
      renewAt: startedAt + hourMs + 5_000,
    });
  });
});

describe('a stored token', () => {
  const record = tokenFor(owner);

  it('counts beside its own pair', () => {
    expect(tokenOf(stored(record), owner, 'another token')).toBe(record);
    expect(tokenOf(stored(record), owner, null)).toBe(record);
  });

  it.each([
    ['beside a pair of another client', stored({ ...record, clientId: 'other' })],
    ['that is absent', absent],
    ['that cannot be opened', unreadable],
  ])('%s does not count', (_, slot) => {
    expect(tokenOf(slot, owner, null)).toBeNull();
  });

  it.each([
    ['was written by a clock that is ahead', 5 * 60_000],
    ['is older than the reader’s clock says, which was set back', 7 * hourMs],
  ])('that %s lives no longer than the whole of its life', (_, aheadMs) => {
    const now = record.issuedAt - aheadMs;
    const seen = notAhead(record, now);
    expect(seen).toEqual({ ...record, issuedAt: now, expiresAt: now + lifeMs });
    expect(notAhead(record, record.issuedAt + 1)).toBe(record);
  });

  it('that a 401 has named does not count', () => {
    expect(tokenOf(stored(record), owner, record.accessToken)).toBeNull();
  });
});
