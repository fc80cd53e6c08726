import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const source = fileURLToPath(new URL('../../src/', import.meta.url));

/**
 * Who asks the clock that may be set, and why. Everybody else compares instants of this process only, and asks the
 * monotonic one: no hold, cooldown, deadline or budget may come to life again because somebody has set the clock.
 */
const asks: Readonly<Record<string, string>> = {
  'admission/StatementStanding.ts':
    'the record of a rejection, which tells its whole duration beside its end',
  'api/profiles/waitForProfile.ts': 'until when a code may be asked for, by the clock of Adobe Pass',
  'api/sessions/outdated.ts': 'when a pair was registered is stored with it',
  'dcr/DcrCalls.ts': 'when a pair was registered is stored with it',
  'http/undiciTransport.ts': 'when a call was made, beside the time of Adobe Pass in its answer',
  'playback/mediaTokenGuard.ts': 'until when a decision holds, by the clock of Adobe Pass',
  'readiness/KeySpaceUsers.ts': 'the record of who uses the key space',
  'readiness/ProxyTrust.ts': 'when something was last met, for people to read',
  'replacement/Allowance.ts': 'the record of the operator’s word, with its duration',
  'replacement/FleetCounts.ts': 'the records of what the processes have counted',
  'replacement/Places.ts': 'the record of a place that is taken, whose duration is known',
  'replacement/RefusedPairs.ts': 'the records of refused pairs',
  'time/SteadyTime.ts': 'compares both clocks',
  'time/clock.ts': 'a clock that has no other',
  'upstream/AddressCooldown.ts':
    'the record of a throttled address, which tells its whole duration beside its end',
  'upstream/Upstream.ts': 'when an answer came, beside the time of Adobe Pass in it',
};

const wall = /\bclock\.now\(\)|\bDate\.now\(\)/;

it('only what is stored, or compared with another clock, goes by the clock that may be set', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    // Not part of a server.
    .filter((file) => file.endsWith('.ts') && !file.startsWith('testing') && file !== 'resealCommand.ts');
  const asking = files.filter((file) => wall.test(readFileSync(join(source, file), 'utf8')));
  expect(asking.toSorted()).toEqual(Object.keys(asks).toSorted());
});
