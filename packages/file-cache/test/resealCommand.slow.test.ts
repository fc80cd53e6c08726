import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createPass, type Pass, type PassOptions } from '@pass-dcr/core';
import { fileCache } from '@pass-dcr/file-cache';
import { createSimulator, type Simulator } from '@pass-dcr/simulator';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from './support/temporaryFolder.js';

const [old, fresh, other] = [
  'the old secret, at least 32 characters long',
  'the new secret, at least 32 characters long',
  'another secret, at least 32 characters long',
];
const devices = 60;
const program = fileURLToPath(new URL('../../core/dist/esm/resealCommand.js', import.meta.url));
const passModule = fileURLToPath(new URL('support/resealPass.mjs', import.meta.url));

const deviceNumber = (n: number) => ({
  identifier: `device-${n}`,
  address: `2001:db8:0:${n.toString(16)}::7`,
});

describe('pass-dcr-reseal', { timeout: 60_000 }, () => {
  let simulator: Simulator;
  let path: string;
  let options: Omit<PassOptions, 'cache' | 'secret'>;

  beforeEach(async () => {
    path = temporaryFolder();
    simulator = await createSimulator({ throttle: 'off' });
    options = {
      softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
      serviceProvider: 'REF30',
      environment: 'local',
      baseUrl: simulator.url,
      application: 'tv',
    };
    await authenticateAll(server(old));
  });

  afterEach(async () => {
    await simulator.close();
  });

  /** A server on the folder, in this process. */
  function server(secret: PassOptions['secret']): Pass {
    const cache = fileCache({ path });
    const pass = createPass({ ...options, secret, cache });
    onTestFinished(async () => {
      await pass.close();
      await cache.close?.();
    });
    return pass;
  }

  async function authenticateAll(pass: Pass): Promise<void> {
    await Promise.all(
      Array.from({ length: devices }, async (_, n) => await pass.authenticate(deviceNumber(n))),
    );
  }

  function start(secret: PassOptions['secret'], args: readonly string[], makes?: string): ChildProcess {
    return spawn(process.execPath, [program, ...args], {
      env: { ...process.env, RESEAL_PASS: JSON.stringify({ ...options, path, secret, makes }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async function run(
    secret: PassOptions['secret'],
    args: readonly string[] = [passModule],
    makes?: string,
  ): Promise<{ readonly code: number | null; readonly output: string }> {
    const child = start(secret, args, makes);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => (output += text.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    for (const hidden of [old, fresh, other, 'pass-dcr:', options.softwareStatement as string])
      expect(output).not.toContain(hidden);
    return { code, output };
  }

  it('seals everything with the first secret, says so, and finds nothing to do the next time', async () => {
    const first = await run([fresh, old]);
    expect(first).toEqual({
      code: 0,
      output: expect.stringContaining('Everything is sealed with the first'),
    });
    expect(first.output).toContain(`${devices + 2} records: ${devices + 1} sealed anew, 1 current before`);
    const second = await run([fresh, old]);
    expect(second.code).toBe(0);
    expect(second.output).toContain(`${devices + 2} records: 0 sealed anew, ${devices + 2} current before`);
    await authenticateAll(server([fresh, old]));
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(devices);
  });

  it('does so while servers serve, and takes no device from them', async () => {
    const serving = server([fresh, old]);
    const over = new AbortController();
    const failures: unknown[] = [];
    const traffic = (async () => {
      for (let n = 0; !over.signal.aborted; n += 1) {
        await serving
          .authenticate(deviceNumber(n % (2 * devices)))
          .catch((error: unknown) => failures.push(error));
        // A token in memory takes no turn of the event loop, in which the end of the programs would be heard.
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const [sweep, beside] = await Promise.all([run([fresh, old]), run([fresh, old])]);
    over.abort();
    await traffic;
    expect([sweep.code, beside.code]).toEqual([0, 0]);
    expect(failures).toEqual([]);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(simulator.clients().length);
    expect(simulator.clients().length).toBeLessThanOrEqual(2 * devices);
  });

  it('may be killed at any moment, and is resumed by running it again', async () => {
    const child = start([fresh, old], [passModule, '20']);
    const [line] = (await once(child.stdout ?? expect.unreachable(), 'data')) as [Buffer];
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(String(line)).toMatch(/^[1-5]?[0-9] records: [1-5]?[0-9] sealed anew/);
    const { code, output } = await run([fresh, old]);
    expect(code).toBe(0);
    const [, resealed, current] = /: (\d+) sealed anew, (\d+) current before/.exec(output) ?? [];
    expect(Number(current)).toBeGreaterThan(1);
    expect(Number(resealed) + Number(current)).toBe(devices + 2);
  });

  it('ends with 1 where a record needs another secret, and tells to keep the list', async () => {
    await server([other, old]).authenticate(deviceNumber(devices));
    // Seals the record of the key space by the first secret, else nothing would be examined.
    await server([fresh, other, old]).authenticate(deviceNumber(devices + 1));
    const { code, output } = await run([fresh, old]);
    expect(code).toBe(1);
    expect(output).toContain('1 unreadable');
    expect(output).toContain('keep the list');
    const repaired = await run([fresh, other, old]);
    expect(repaired.code).toBe(0);
  });

  it.each(['a pass itself', 'a promise', 'a pass'])('takes a module that gives %s', async (makes) => {
    expect((await run([fresh, old], [passModule], makes)).code).toBe(0);
  });

  it.each([
    ['no module is named', [], undefined, 'pass-dcr-reseal MODULE'],
    ['more is said than it understands', [passModule, '10', 'more'], undefined, 'pass-dcr-reseal MODULE'],
    ['an option is not known', ['--fast'], undefined, 'pass-dcr-reseal MODULE'],
    ['the module gives no Pass', [passModule], 'a number', 'pass-dcr-reseal MODULE'],
    ['the module is not there', ['./nowhere.mjs'], undefined, 'The module failed with ERR_MODULE_NOT_FOUND'],
    ['the module throws', [passModule], 'an error', 'The module failed with an error'],
    ['the pace is none', [passModule, 'fast'], undefined, 'option_invalid: pass.reseal: recordsPerSecond'],
    [
      'the cache cannot list its keys',
      [passModule],
      'a cache without keys',
      'option_invalid: pass.reseal: the cache',
    ],
  ])('ends with 2 and touches nothing if %s', async (_, args, makes, said) => {
    const { code, output } = await run([fresh, old], args, makes);
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining(said) });
    expect((await server([fresh, old]).reseal()).resealed).toBe(devices + 1);
  });

  it.each([
    ['begins a rotation', [old, fresh, old], 'option_invalid: pass.reseal: secret begins with the old one'],
    ['does not end with the secret that names the records', [fresh, other], 'secret_mismatch'],
  ])('ends with 2 if the list of secrets %s', async (_, secret, said) => {
    const { code, output } = await run(secret);
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining(said) });
  });
});
