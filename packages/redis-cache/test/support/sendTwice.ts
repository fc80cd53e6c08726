import { redisCache, type RedisClient } from '@pass-dcr/redis-cache';
import type { CacheWrite, SwapResult, Version } from '@pass-dcr/core';

type Send = (...args: unknown[]) => Promise<unknown>;

/**
 * One swap whose command the driver sends twice, as drivers do that repeat what a lost connection has not answered; and
 * what the cache makes of either reply.
 */
export async function sendTwice(
  client: RedisClient,
  key: string,
  expected: Version | null,
  next: CacheWrite | null,
): Promise<readonly [SwapResult, SwapResult]> {
  const replies: unknown[] = [];
  const twice = withSend(client, (send) => async (...args) => {
    const first = await send(...args);
    replies.push(first);
    return await send(...args);
  });
  const second = await redisCache({ client: twice }).swap(key, expected, next);
  const [first] = replies;
  if (first !== 'stored') throw new Error(`the first reply is ${JSON.stringify(first)}`);
  return [{ ok: true, version: second.ok ? second.version : null }, second];
}

/** The same client, with its way of sending commands wrapped. */
export function withSend(client: RedisClient, wrap: (send: Send) => Send): RedisClient {
  return new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const method: Send = async (...args) => (await Reflect.apply(value, target, args)) as unknown;
      if (name === 'call' || name === 'sendCommand' || name === 'customCommand') return wrap(method);
      return (...args: unknown[]): unknown => Reflect.apply(value, target, args) as unknown;
    },
  });
}
