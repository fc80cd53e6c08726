import { randomUUID } from 'node:crypto';
import type { CacheEntry, Device, Pass, PassCache, PassClient } from '@pass-dcr/core';
import { createPassWith, type Transport, type UpstreamRequest } from '@pass-dcr/core/testing';
import { deviceIdentifier, randomToken } from './devices.js';

/** What adapters use of a `Pass`. */
export interface Internals {
  client(device: Device | undefined, context: undefined): InboundClient;
}

export interface InboundClient extends PassClient {
  needsToken(): boolean;
}

const internalsKey = Symbol.for('@pass-dcr/core/internals');

export function internalsOf(pass: Pass): Internals {
  return Reflect.get(pass, internalsKey) as Internals;
}

/** A `Pass` for so many devices, whose Adobe Pass is a function of this process that answers at once. */
export function createLocalPass(devices: number): Pass {
  const unlimited = { burst: 1_000_000_000, perSecond: 1_000_000_000 };
  return createPassWith(
    {
      softwareStatement: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJiZW5jaCJ9.c2lnbmF0dXJl',
      serviceProvider: 'REF30',
      environment: 'local',
      baseUrl: 'http://127.0.0.1:9',
      cache: forgettingCache(),
      limits: {
        devices,
        concurrentRegistrations: 10_000,
        queuedRegistrations: 10_000,
        registrationsPerAddress: unlimited,
        registrationsPerProcess: unlimited,
      },
    },
    { transport: answerAtOnce },
  );
}

/** Registers the first so many devices and gets each a token of its own. */
export async function fill(pass: Pass, devices: number): Promise<void> {
  const internals = internalsOf(pass);
  const together = 256;
  for (let from = 0; from < devices; from += together) {
    const length = Math.min(together, devices - from);
    await Promise.all(
      Array.from({ length }, (_, offset) =>
        internals.client({ identifier: deviceIdentifier(from + offset) }, undefined).accessToken(),
      ),
    );
  }
}

const answerAtOnce: Transport = {
  send: async (request) => ({
    status: 201,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(answerTo(request))),
    requestedAt: Date.now(),
  }),
  close: async () => undefined,
};

function answerTo({ path }: UpstreamRequest): object {
  switch (path) {
    case '/o/client/register':
      return { client_id: randomUUID(), client_secret: randomUUID() };
    case '/o/client/token':
      return { access_token: randomToken(), token_type: 'bearer', expires_in: 86_400 };
    default:
      throw new Error(`Nothing answers ${path}.`);
  }
}

/**
 * A cache that keeps a device's records only while the device is being worked on, so that what remains in memory is the
 * pool's alone. The lease is the one record that is ever deleted, and its deletion the last thing that is done for a
 * device: then everything under the same `{tag}` goes.
 */
function forgettingCache(): PassCache {
  const groups: Map<string, Map<string, CacheEntry>> = new Map();
  let swaps = 0;
  return {
    scope: 'process',
    read: async (keys) => keys.map((key) => groups.get(groupOf(key))?.get(key) ?? null),
    async swap(key, expected, next) {
      const name = groupOf(key);
      const group = groups.get(name) ?? new Map<string, CacheEntry>();
      const current = group.get(key) ?? null;
      if ((current?.version ?? null) !== expected) return { ok: false, current };
      if (next === null) {
        groups.delete(name);
        return { ok: true, version: null };
      }
      swaps += 1;
      // As long as those of a shared cache.
      const version = swaps.toString(36).padStart(16, '0');
      group.set(key, { value: next.value, version });
      groups.set(name, group);
      return { ok: true, version };
    },
    close: async () => groups.clear(),
  };
}

function groupOf(key: string): string {
  return /\{(.+)\}/.exec(key)?.[1] ?? key;
}
