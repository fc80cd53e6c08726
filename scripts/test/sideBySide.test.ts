import { expect, test } from 'vitest';
import { sideBySide } from '../steps/sideBySide.mjs';

/** Steps that end when they are told to. */
function lanes(...names: readonly (readonly string[])[]) {
  const begun: string[] = [];
  const told: string[] = [];
  const enders = new Map<string, () => void>();
  const run = async (step: string): Promise<string> => {
    begun.push(step);
    await new Promise<void>((resolve) => enders.set(step, resolve));
    return `${step} is over`;
  };
  const all = sideBySide(names, { run, tell: (outcome) => void told.push(outcome) });
  const turn = async (): Promise<unknown> => await new Promise((resolve) => setImmediate(resolve));
  const end = async (step: string): Promise<void> => {
    await turn();
    enders.get(step)?.();
    await turn();
  };
  return { begun, told, all, end };
}

test('lanes run beside one another, the steps of a lane one after the other', async () => {
  const { begun, all, end } = lanes(['a', 'b'], ['c']);
  await Promise.resolve();
  expect(begun).toEqual(['a', 'c']);
  await end('c');
  expect(begun).toEqual(['a', 'c']);
  await end('a');
  expect(begun).toEqual(['a', 'c', 'b']);
  await end('b');
  await all;
});

test('what they say is told in the order of the lanes, whatever is over first', async () => {
  const { told, all, end } = lanes(['a', 'b'], ['c']);
  await end('c');
  expect(told).toEqual([]);
  await end('a');
  expect(told).toEqual(['a is over']);
  await end('b');
  await all;
  expect(told).toEqual(['a is over', 'b is over', 'c is over']);
});
