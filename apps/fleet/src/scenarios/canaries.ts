import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RedisServer } from '@pass-dcr/redis-kit';
import type { Violation } from '../checks/History.js';
import { leaks, type Canary } from '../checks/leaks.js';
import { CommandTap } from '../stage/CommandTap.js';
import type { Stage } from '../stage/Stage.js';
import { addressOf, identifierOf } from '../worker/devices.js';
import type { Scenario } from './Scenario.js';

const planted = 'canary-of-adobe-';
const devices = 50;

export const canaries: Scenario = {
  name: 'canaries',
  summary:
    'nothing that is planted can be read in Redis, its files, MONITOR, output or events; a planted leak is found',
  inShort: true,
  async run(stage) {
    const { claims, options } = stage;
    const count = options.short ? 10 : devices;
    await stage.startUpstream();
    // Compressed, the files could hide what is in them from this search, and from nobody else.
    const server = await stage.startRedis({ appendOnly: true, config: { rdbcompression: 'no' } });
    const tap = await CommandTap.start(server);
    stage.defer(() => tap.stop());
    const worker = await stage.startWorker('w1', {
      redis: { kind: 'single', at: server },
      canned: { prefix: planted, tokenLength: 300 },
    });
    const { failures } = await worker.order('authenticate', { from: 1, count, atOnce: 8 });
    claims.claim(
      'devices registered',
      Object.keys(failures).length === 0,
      Object.keys(failures).join(', ') || `${count}`,
    );
    const secrets = canariesOf(stage, count);
    const found = await search(stage, server, tap, secrets);
    claims.claim(
      'what can be read',
      found.violations.length === 0,
      shown(found.violations) || `nothing of ${secrets.length} in ${found.bytes} bytes`,
    );
    const [secret] = secrets;
    if (secret === undefined) return;
    await server.command(
      'SET',
      `leak:${secret.text}`,
      Buffer.from(JSON.stringify({ secret: secret.text })).toString('base64url'),
    );
    const control = await search(stage, server, tap, [secret]);
    const places = ['keys', 'values', 'the RDB', 'the AOF', 'MONITOR'];
    const missed = places.filter((place) =>
      control.violations.every(({ message }) => !message.endsWith(place)),
    );
    claims.claim(
      'control: a planted leak is found everywhere',
      missed.length === 0,
      missed.length === 0 ? places.join(', ') : `not in ${missed.join(', ')}`,
    );
  },
};

function canariesOf({ secret }: Stage, count: number): readonly Canary[] {
  return [
    // They all have the same beginning.
    { name: 'a client id, a client secret or a token', text: planted },
    ...secret.map((text) => ({ name: 'the secret', text })),
    ...Array.from({ length: count }, (_, index) => [
      { name: `the identifier of device ${index + 1}`, text: identifierOf(index + 1) },
      { name: `the address of device ${index + 1}`, text: addressOf(index + 1) },
    ]).flat(),
  ];
}

async function search(
  stage: Stage,
  server: RedisServer,
  tap: CommandTap,
  secrets: readonly Canary[],
): Promise<{ readonly violations: readonly Violation[]; readonly bytes: number }> {
  await server.command('SAVE');
  // What has just been written, MONITOR is about to show.
  await delay(200);
  const keys = (await server.command('KEYS', '*')) as string[];
  const values = await Promise.all(keys.map((key) => server.command('GET', key)));
  const places: readonly (readonly [string, Buffer])[] = [
    ['keys', Buffer.from(keys.join('\n'))],
    ['values', Buffer.from(values.join('\n'))],
    ['the RDB', filesIn(server.dir, /\.rdb$/)],
    ['the AOF', filesIn(join(server.dir, 'appendonlydir'), /\.aof$/)],
    ['MONITOR', Buffer.from(tap.text)],
    ['what the process printed', filesIn(stage.folder, /\.out$/)],
    ['the events', filesIn(stage.folder, /\.events$/)],
  ];
  return {
    violations: places.flatMap(([place, bytes]) => leaks(place, bytes, secrets)),
    bytes: places.reduce((sum, [, bytes]) => sum + bytes.length, 0),
  };
}

function filesIn(folder: string, pattern: RegExp): Buffer {
  const names = readdirSync(folder).filter((name) => pattern.test(name));
  return Buffer.concat(names.map((name) => readFileSync(join(folder, name))));
}

function shown(violations: readonly Violation[]): string {
  return violations
    .slice(0, 5)
    .map(({ message }) => message)
    .join('; ');
}
