import { parseArgs } from 'node:util';

export const frameworks = /** @type {const} */ (['express', 'koa', 'nest', 'fastify']);
const caches = /** @type {const} */ (['file', 'redis']);
const servers = { most: 8, withRedis: 4 };

/** @typedef {typeof frameworks[number]} Framework */
/** @typedef {typeof caches[number]} CacheKind */

/**
 * What to show: one server; one of each framework after the other; or several servers that share a cache.
 * @typedef {{ kind: 'single', once: boolean, framework: Framework } | { kind: 'each' }
 *   | { kind: 'fleet', once: boolean, cache: CacheKind, frameworks: Framework[] }} Demo
 */

/** @param {string[]} args @returns {Demo} @throws {Error} for the user */
export function readArguments(args) {
  const { values } = parseArgs({
    args,
    options: {
      once: { type: 'boolean', default: false },
      framework: { type: 'string', default: 'express' },
      cache: { type: 'string', default: 'file' },
      servers: { type: 'string' },
    },
  });
  const { once } = values;
  const cache = oneOf('--cache', caches, values.cache);
  const isAlone =
    values.servers === undefined ? cache === 'file' : values.servers === '1' && cache === 'file';
  if (isAlone) {
    const named = oneOf('--framework', [...frameworks, ...(once ? allOnly : [])], values.framework);
    return named === 'all' ? { kind: 'each' } : { kind: 'single', once, framework: named };
  }
  const named = oneOf('--framework', [...frameworks, ...allOnly], values.framework);
  const from = named === 'all' ? frameworks : [named];
  return {
    kind: 'fleet',
    once,
    cache,
    frameworks: Array.from({ length: countOf(values.servers) }, (_, n) => from[n % from.length] ?? 'express'),
  };
}

const allOnly = /** @type {const} */ (['all']);

/** @template {string} Value @param {string} option @param {readonly Value[]} valid @param {string} received */
function oneOf(option, valid, received) {
  const value = valid.find((each) => each === received);
  if (value !== undefined) return value;
  throw new Error(`${option} must be one of ${valid.join(', ')}; received ${JSON.stringify(received)}.`);
}

/** @param {string | undefined} received */
function countOf(received) {
  const count = Number(received ?? servers.withRedis);
  if (Number.isInteger(count) && count >= 2 && count <= servers.most) return count;
  throw new Error(
    `--servers must be from 2 to ${servers.most}, or 1 with --cache file; received ${JSON.stringify(received)}.`,
  );
}
