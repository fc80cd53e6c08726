import { memoryCache, type PassCache } from '@pass-dcr/core';
import { describe, expect, it } from 'vitest';
import { runSuite, type SuiteRun } from './runSuite.js';
import { SharedMap, SharedMapCache, StoreTime, type Faults } from './SharedMap.js';

const noMapCache = (): never => expect.unreachable('a cache that the suite did not get from create');

function runWith(faults: Faults, only?: string): Promise<SuiteRun> {
  const onMap = (cache: PassCache): SharedMapCache =>
    cache instanceof SharedMapCache ? cache : noMapCache();
  const time = new StoreTime();
  const mayStall = faults.whenStalled !== undefined || Object.keys(faults).length === 0;
  return runSuite(
    {
      create: () => new SharedMapCache(new SharedMap(time), faults),
      advance: (byMs) => void (time.now += byMs),
      createPeer: (cache) => new SharedMapCache(onMap(cache).map, faults),
      interrupt: (cache) => void (onMap(cache).map.state = 'interrupted'),
      // It takes real time, so only where it matters.
      stall: mayStall ? (cache) => void (onMap(cache).map.state = 'stalled') : undefined,
      resend: (cache, key, expected, next) => onMap(cache).resend(key, expected, next),
    },
    only,
  );
}

describe('the suite', () => {
  it('passes a cache that keeps every rule, and leaves no case out', async () => {
    const { failed, skipped, report } = await runWith({});
    expect(failed).toEqual([]);
    expect(skipped).toEqual([]);
    expect(report.notOffered.filter(({ needs }) => needs !== 'keys' && needs !== 'onReconnect')).toEqual([]);
    expect(report.cases.length).toBeGreaterThan(40);
    expect(new Set(report.cases).size).toBe(report.cases.length);
  });

  it('reports what a cache does not offer, and skips it visibly', async () => {
    const { failed, skipped, report } = await runSuite({ create: memoryCache });
    expect(failed).toEqual([]);
    expect(new Set(report.notOffered.map(({ needs }) => needs))).toEqual(
      new Set(['createPeer', 'interrupt', 'stall', 'resend', 'onReconnect']),
    );
    const options = report.notOffered.filter(({ needs }) => needs !== 'keys' && needs !== 'onReconnect');
    expect(skipped).toEqual(options.map(({ name, needs }) => `${name} (not offered: ${needs})`));
    expect(report.cases).not.toContain(report.notOffered[0]?.name);
  });

  it.each<[Faults, failing: string]>([
    [
      { swapBy: 'reading and then writing' },
      'of many swaps that expect absence one succeeds, and the others are told its entry',
    ],
    [{ swapBy: 'reading and then writing' }, 'of many swaps that expect one version one succeeds'],
    [
      { swapBy: 'reading and then writing' },
      'of a replacement and a deletion that expect one version one succeeds',
    ],
    [{ swapBy: 'reading and then writing' }, 'races over many keys at once have one winner each'],
    [{ swapBy: 'reading and then writing' }, 'no increment is lost when many increment one counter'],
    [{ swapBy: 'locking within one handle' }, 'races with a peer over many keys have one winner each'],
    [{ swapBy: 'locking within one handle' }, 'no increment is lost when a peer increments the same counter'],
    [
      { versions: 'count by key and start anew after a deletion' },
      'a version is not given again after a deletion',
    ],
    [
      { versions: 'count by key and start anew after a deletion' },
      'an old version does not match after deletion and re-creation',
    ],
    [{ versions: 'count by key and start anew after a deletion' }, 'versions of two peers never meet'],
    [
      { versions: 'are hashes of the value' },
      'an old version does not match when the same value has come back',
    ],
    [{ versions: 'are hashes of the value' }, 'an old version does not match after expiry and re-creation'],
    [
      { versions: 'survive a write of the same value' },
      'every write has a version of its own, also one that changes nothing',
    ],
    [{ expiry: 'early' }, 'an entry does not expire early'],
    [{ expiry: 'never' }, 'an entry expires, is then read as absent, and can be replaced as absent'],
    [{ expiry: 'never' }, 'a time to live of one millisecond is one'],
    [{ expiry: 'never' }, 'a write that expires ends what it replaces'],
    [{ expiry: 'never' }, 'an entry expires for a peer too'],
    [{ expiry: 'everything' }, 'an entry without a time to live stays'],
    [{ expiry: 'kept by later writes' }, 'a write that never expires ends the expiry of what it replaces'],
    [{ expiry: 'prolonged by conflicts' }, 'a conflict does not prolong what it meets'],
    [
      { expiry: 'seen by swap too late' },
      'an entry expires, is then read as absent, and can be replaced as absent',
    ],
    [{ readOrder: 'sorted' }, 'answers come in the order of the keys, absent ones in their place'],
    [{ readOrder: 'absent ones left out' }, 'a key that was never written is absent, which is null'],
    [{ readOrder: 'without repetitions' }, 'a key that is asked for twice is answered twice'],
    [{ strongReads: 'from a snapshot' }, 'a strong read sees every swap that a peer has completed'],
    [
      { conflicts: 'without the current entry' },
      'a swap that expects absence does not replace what is there, and says what that is',
    ],
    [
      { conflicts: 'without the current entry' },
      'a swap that expects another version changes nothing, and says what is there',
    ],
    [
      { conflicts: 'are rejections' },
      'a swap that expects a version of an absent key stores nothing, and says that it is absent',
    ],
    [
      { deletions: 'ignore the version' },
      'a deletion that expects another version, or absence, deletes nothing',
    ],
    [{ deletions: 'of what is absent conflict' }, 'deleting what is absent is a success, however often'],
    [{ deletions: 'of what is absent conflict' }, 'deleting an expired entry is a success'],
    [{ deletions: 'of what is absent conflict' }, 'a deletion that is sent twice succeeds twice'],
    [
      { text: 'values trimmed' },
      'a value of spaces and line ends comes back unchanged, from a read and from a conflict',
    ],
    [{ text: 'values cut' }, 'a value of 16 KiB comes back unchanged, from a read and from a conflict'],
    [
      { text: 'values are numbers if they can be' },
      'a value that looks like a number, with zeros around it comes back unchanged, from a read and from a conflict',
    ],
    [{ text: 'keys folded' }, 'keys that differ in case, in length or in one sign are different keys'],
    [{ text: 'keys cut' }, 'a key may be 200 bytes long and of every allowed character'],
    [{ afterClose: 'absent' }, 'once closed, the cache rejects, and answers neither absent nor conflict'],
    [{ afterClose: 'close throws' }, 'closing twice, also at once, is closing'],
    [{ afterClose: 'check throws' }, 'check answers findings, and does not throw'],
    [{ closing: 'closes every handle' }, 'closing one handle does not close its peer'],
    [{ whenInterrupted: 'absent' }, 'a store that cannot be asked makes every call reject'],
    [{ whenStalled: 'hangs' }, 'a store that does not answer makes every call reject in time'],
    [{ whenResent: 'conflict' }, 'a write that is sent twice succeeds twice and happens once'],
    [{ whenResent: 'two writes' }, 'a replacement that is sent twice succeeds twice and happens once'],
    [
      { keys: 'the first batch' },
      'keys answers every key that begins with the prefix, whatever its tag, and no other',
    ],
    [
      { keys: 'like the prefix' },
      'keys answers every key that begins with the prefix, whatever its tag, and no other',
    ],
    [
      { keys: 'by their places' },
      'keys answers what is there from beginning to end, whatever is written and deleted meanwhile',
    ],
    [
      { keys: 'none when they cannot be had' },
      'once closed, the cache rejects to list its keys, and does not answer that there are none',
    ],
    [{ keys: 'none when they cannot be had' }, 'a store that cannot be asked makes the list of keys reject'],
    [
      { reconnect: 'never lets a listener go' },
      'onReconnect lets each listener go by itself, more than once, and after the cache is closed',
    ],
    [
      { reconnect: 'returns nothing' },
      'onReconnect lets each listener go by itself, more than once, and after the cache is closed',
    ],
  ])('rejects %j: %s', async (faults, failing) => {
    expect((await runWith(faults, failing)).failed).toEqual([failing]);
  });
});
