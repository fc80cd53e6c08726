import { describe, expect, it } from 'vitest';
import { Device, heldFor, nothing, pair, startedAt, stored, tokenFor } from './device.js';

const owner = pair('owner');
const token = heldFor(owner, 2_000);
/** What another process has stored since. */
const fresher = tokenFor(owner, 1_000);
const wanted = { type: 'witnessWanted' } as const;

function witness(): Device {
  const device = new Device({ pair: owner, token });
  device.shown = { ...nothing, credentials: stored(owner), token: stored(fresher) };
  device.send(wanted);
  return device;
}

describe('a device that is to bear witness', () => {
  it('does nothing without a pair', () => {
    const device = new Device();
    expect(device.send(wanted)).toEqual([]);
    expect(device.state.kind).toBe('resting');
  });

  it('asks Adobe Pass for a token, however good the one is that it has', () => {
    const device = witness();
    expect(device.effects).toEqual([{ type: 'readRecords', strong: false }]);
    device.goTo('requestingToken');
    expect(device.pending).toEqual({ type: 'requestToken', credentials: owner, isTrial: false });
    device.settle();
    expect(device.known.token?.accessToken).toBe('issued to owner');
  });

  it('leaves it at that where another process is at it: that one finds out', () => {
    const device = witness();
    const work = { kind: 'work', until: startedAt + 5_000, forMs: 5_000, code: null } as const;
    device.shown = { ...device.shown, lease: stored(work) };
    expect(device.answerAsUsual()).toEqual([{ type: 'deliver', token: heldFor(owner, 1_000) }]);
    expect(device.state.kind).toBe('resting');
  });

  it('leaves it at that where another process takes the lease first', () => {
    const device = witness();
    device.goTo('leasing');
    const work = { kind: 'work', until: startedAt + 5_000, forMs: 5_000, code: null } as const;
    expect(device.send({ type: 'leaseSwapped', result: { ok: false, current: stored(work) } })).toEqual([]);
    expect(device.state).toMatchObject({ kind: 'resting', known: { token: heldFor(owner, 1_000) } });
  });
});
