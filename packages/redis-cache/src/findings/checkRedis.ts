import { randomBytes } from 'node:crypto';
import type { CacheFinding } from '@pass-dcr/core';
import { failureOf } from '../failureOf.js';
import { cannotVerify, cluster, infoFindings, type KnownOfPrimary } from './infoFindings.js';
import { mergeFindings } from './mergeFindings.js';
import { parseInfo } from './parseInfo.js';
import type { NodeSend } from '../drivers/RedisDriver.js';
import type { RedisFailure } from '../RedisFailure.js';
import type { RedisLink } from '../link/RedisLink.js';
import { textOf } from '../scripts/replies.js';
import { runScript } from '../scripts/runScript.js';
import { readScript, swapScript } from '../scripts/scripts.js';
import { newVersion } from '../scripts/storedValue.js';

/** Long enough for what is done with the key, and gone soon if that is interrupted. */
const probeTtlMs = '2000';

/** What INFO says of every primary, and whether the commands of the cache are allowed. Never rejects. */
export async function checkRedis(
  link: RedisLink,
  limitMs: number,
  declared: Pick<KnownOfPrimary, 'durability' | 'maxmemoryPolicy'>,
): Promise<readonly CacheFinding[]> {
  let primaries: readonly NodeSend[];
  try {
    primaries = await link.ask(limitMs, async (driver) => await driver.primaries());
  } catch (error) {
    return [unreachable(failureOf(error))];
  }
  const known = { ...declared, isForOneServer: link.isForOneServer, reconnects: link.reconnectsByItself };
  // Side by side, because whoever asks waits hardly longer than for one write.
  const [ofPrimaries, ofCommands] = await Promise.all([
    Promise.all(primaries.map(async (send) => await primaryFindings(link, send, limitMs, known))),
    commandFindings(link, limitMs),
  ]);
  const merged = mergeFindings(ofPrimaries);
  return [...merged, ...ofCommands.filter(({ code }) => !merged.some((finding) => finding.code === code))];
}

async function primaryFindings(
  link: RedisLink,
  send: NodeSend,
  limitMs: number,
  known: KnownOfPrimary,
): Promise<readonly CacheFinding[]> {
  try {
    const reply = await link.ask(limitMs, async () => await send(['INFO']));
    return infoFindings(parseInfo(textOf(reply) ?? ''), known);
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === 'unreachable') return [unreachable(failure)];
    return known.maxmemoryPolicy === undefined
      ? [cannotVerify(`INFO is not answered (${failure.message})`)]
      : [];
  }
}

/** Does what the cache does, to a key that nobody else knows and that soon ends. */
async function commandFindings(link: RedisLink, limitMs: number): Promise<readonly CacheFinding[]> {
  const key = `pass-dcr:check:{${randomBytes(12).toString('base64url')}}`;
  const version = newVersion();
  const steps: readonly (readonly [string, (send: NodeSend) => Promise<unknown>])[] = [
    ['read (MGET)', async (send) => await send(['MGET', key])],
    ['read by script (EVALSHA, EVAL, GET)', async (send) => await runScript(send, readScript, [key], [])],
    [
      'write (EVALSHA, EVAL, GET, SET)',
      async (send) => await runScript(send, swapScript, [key], ['', version, '', probeTtlMs]),
    ],
    [
      'delete (EVALSHA, EVAL, GET, DEL)',
      async (send) => await runScript(send, swapScript, [key], [version, '', '', '0']),
    ],
  ];
  const endsAt = performance.now() + limitMs;
  for (const [action, run] of steps) {
    try {
      await link.ask(
        Math.max(1, endsAt - performance.now()),
        async (driver) => await run(async (args) => await driver.send(key, false, args)),
      );
    } catch (error) {
      const failure = failureOf(error);
      if (failure.redisCode === 'MOVED' && !link.isCluster) return [cluster];
      if (failure.redisCode === 'NOLUA') return [noScripts];
      // That nobody answers has been found already, and one refusal is enough to look at.
      return failure.kind === 'unreachable' ? [] : [commandRefused(action, failure)];
    }
  }
  return [];
}

function unreachable({ message }: RedisFailure): CacheFinding {
  return { level: 'error', code: 'redis_unreachable', message: `Redis does not answer: ${message}.` };
}

/** Valkey can be built without them, and a service can leave them out. */
const noScripts: CacheFinding = {
  level: 'error',
  code: 'redis_no_scripts',
  message:
    'Redis runs no Lua scripts (EVAL), without which nothing can be written safely: use a server that has them, or allow EVAL and EVALSHA where they are renamed.',
};

function commandRefused(action: string, { message }: RedisFailure): CacheFinding {
  return {
    level: 'error',
    code: 'redis_command_refused',
    message: `The cache cannot ${action} keys that begin with pass-dcr: – ${message}. The README of @pass-dcr/redis-cache lists the commands that its user needs.`,
  };
}
