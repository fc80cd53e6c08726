import { describe, expect, it } from 'vitest';
import { ExchangePlaces } from '../../src/http/ExchangePlaces.js';

/** Four places, of which one is kept. */
function stage() {
  const places = new ExchangePlaces(4, 1);
  const started: string[] = [];
  const enter = (hasToken: boolean, name: string): (() => void) =>
    places.enter(hasToken, () => void started.push(name));
  return { started, enter };
}

const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

describe('the places on the wire', () => {
  it('calls without a token never have all of them', () => {
    const { started, enter } = stage();
    for (const name of ['a', 'b', 'c', 'd']) enter(false, name);
    enter(true, 'signed in');
    expect(started).toEqual(['a', 'b', 'c', 'signed in']);
  });

  it('calls with a token may have all of them, and the others wait for one', async () => {
    const { started, enter } = stage();
    const [leave] = ['a', 'b', 'c', 'd'].map((name) => enter(true, name));
    enter(false, 'new');
    expect(started).not.toContain('new');
    leave?.();
    await turn();
    expect(started).toContain('new');
  });

  it.each([
    ['while it waits among its like', 3, false],
    ['while it waits among all', 4, true],
  ])('who leaves %s keeps no place', async (_, before, hasToken) => {
    const { started, enter } = stage();
    const leaves = Array.from({ length: before }, (__, index) => enter(hasToken, `before ${index}`));
    enter(false, 'gone')();
    for (const leave of leaves) leave();
    // At the same instant as its turn came.
    const again = ['a', 'b', 'c'].map((name) => enter(false, name));
    const late = enter(false, 'late');
    again[0]?.();
    late();
    for (const leave of again) leave();
    await turn();
    expect(started).not.toContain('gone');
    for (const name of ['1', '2', '3', '4']) enter(true, name);
    expect(started.slice(-4)).toEqual(['1', '2', '3', '4']);
  });
});
