import { expect, it } from 'vitest';
import { timingForTests, timingWith } from '../../src/testing.js';
import { createHarness } from './harness.js';

const replacement = { ...timingForTests.replacement, spanWithFewMs: 60_000, spanWithYoungerMs: 60_000 };
const timing = timingWith({ replacement });
const older = ['first', 'second', 'third'];

it('a device whose pair is dead has others renew their tokens early, for nobody, before it gets another pair', async () => {
  await using harness = await createHarness({ throttle: 'off' });
  const { simulator } = harness;
  const pass = harness.createPass({}, { timing });
  for (const identifier of older) await pass.authenticate({ identifier, address: '8.8.8.8' });
  await pass.authenticate({ identifier: 'dead', address: '9.9.9.9' });
  const clients = simulator.clients().map(({ clientId }) => clientId);
  simulator.revokeClient(clients[3] ?? '');
  const mark = simulator.ledger.mark();
  await pass.client({ identifier: 'dead', address: '9.9.9.9' }).profiles.all();
  const issued = simulator.ledger.entries({ since: mark, endpoint: 'token', status: 201 });
  // Theirs, and that of the new pair; nobody's address is charged for those of the witnesses.
  expect(issued).toHaveLength(4);
  expect(new Set(issued.map(({ clientId }) => clientId))).toEqual(
    new Set([...clients.slice(0, 3), simulator.clients()[4]?.clientId]),
  );
  expect(
    issued.filter(({ clientId }) => clients.includes(clientId ?? '')).map(({ forwardedFor }) => forwardedFor),
  ).toEqual([undefined, undefined, undefined]);
  expect(simulator.ledger.count({ since: mark, endpoint: 'register' })).toBe(1);
});

it('where the others are refused too, nothing is replaced, and their tokens serve on', async () => {
  await using harness = await createHarness({ throttle: 'off' });
  const { simulator } = harness;
  const pass = harness.createPass({}, { timing });
  for (const identifier of older) await pass.authenticate({ identifier });
  await pass.authenticate({ identifier: 'dead' });
  for (const { clientId } of simulator.clients()) simulator.revokeClient(clientId);
  const tokens = await Promise.all(
    older.map(async (identifier) => await pass.client({ identifier }).accessToken()),
  );
  const mark = simulator.ledger.mark();
  await expect(pass.client({ identifier: 'dead' }).profiles.all()).rejects.toMatchObject({
    code: 'replacement_suspended',
  });
  expect(simulator.ledger.count({ since: mark, endpoint: 'register' })).toBe(0);
  for (const [index, identifier] of older.entries()) {
    expect(await pass.client({ identifier }).accessToken()).toBe(tokens[index]);
  }
});
