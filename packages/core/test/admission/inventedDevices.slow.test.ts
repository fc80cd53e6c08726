import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createSimulator } from '@pass-dcr/simulator';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

/** What a process says that has met devices. */
interface Met {
  readonly served: number;
  /** By error code. */
  readonly refused: Readonly<Record<string, number>>;
  /** Of the heap, after a collection, from before the devices came. */
  readonly grownBytes: number;
}

describe('invented identifiers', () => {
  it('ten thousand from one /64, leave nothing in memory', { timeout: 60_000 }, async () => {
    await using simulator = await createSimulator({ throttle: 'off' });
    const meet = async (
      options: Readonly<Record<'warmUp' | 'devices' | 'burst' | 'atOnce', number>>,
    ): Promise<Met> => {
      const script = fileURLToPath(new URL('meetDevices.mjs', import.meta.url));
      const softwareStatement = simulator.issueSoftwareStatement({ application: 'tv' });
      const settings = JSON.stringify({ baseUrl: simulator.url, softwareStatement, ...options });
      const { stdout } = await run(process.execPath, ['--expose-gc', script, settings]);
      return JSON.parse(stdout) as Met;
    };
    const flat = 1_000_000;
    const mark = simulator.ledger.mark();
    const invented = await meet({ warmUp: 2_000, devices: 10_000, burst: 5, atOnce: 500 });
    expect(invented).toMatchObject({ served: 0, refused: { registration_limited: 10_000 } });
    // The device that proves the statement, and five of those that come before the measurement.
    expect(simulator.ledger.count({ since: mark, endpoint: 'register' })).toBe(6);
    expect(invented.grownBytes).toBeLessThan(flat);
    // The same measurement sees devices that are kept; so few at a time that none of them waits too long.
    const kept = await meet({ warmUp: 200, devices: 1_000, burst: 100_000, atOnce: 50 });
    expect(kept).toEqual({ served: 1_000, refused: {}, grownBytes: expect.any(Number) as number });
    expect(kept.grownBytes).toBeGreaterThan(flat);
  });
});
