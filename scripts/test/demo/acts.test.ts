import { describe, expect, test } from 'vitest';
import { playActs } from '../../demo/acts.mjs';

type Entry = { readonly sequence: number; readonly endpoint: string; readonly status: number };

/** Adobe Pass as far as acts know it: requests come, and are counted from a mark on. */
function upstream() {
  const seen: Entry[] = [];
  const receive = (...endpoints: readonly string[]): void => {
    for (const endpoint of endpoints) seen.push({ sequence: seen.length + 1, endpoint, status: 200 });
  };
  const ledger = async (since: number) => ({ mark: seen.length, entries: seen.slice(since) });
  return { receive, ledger };
}

describe('playActs', () => {
  test('counts what reaches Adobe Pass during each act, and nothing from before', async () => {
    const { receive, ledger } = upstream();
    receive('register');
    const lines: string[] = [];
    const acts = [
      {
        name: 'one',
        play: async () => {
          receive('register', 'token');
          return { register: 1, token: 1 };
        },
      },
      { name: 'nothing', play: async () => ({ register: 0 }) },
    ];
    const { wrong, entries } = await playActs(acts, ledger, (line) => lines.push(line));
    expect(wrong).toBe(0);
    expect(entries.map((each) => each.map(({ endpoint }) => endpoint))).toEqual([['register', 'token'], []]);
    expect(lines.join('\n')).not.toContain('wrong');
  });

  test.each([
    ['too many', ['register', 'register'], { register: 1 }],
    ['too few', [], { register: 1 }],
    ['what nobody expected', ['register', 'token'], { register: 1 }],
  ])('finds %s wrong', async (_what, received, expected) => {
    const { receive, ledger } = upstream();
    const lines: string[] = [];
    const play = async () => {
      receive(...received);
      return expected;
    };
    const { wrong } = await playActs([{ name: 'an act', play }], ledger, (line) => lines.push(line));
    expect(wrong).toBe(1);
    expect(lines.filter((line) => line.endsWith('wrong'))).toHaveLength(1);
  });
});
