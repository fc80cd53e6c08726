import { createPass, type PassCache } from '@pass-dcr/core';
import { deviceOf } from '../worker/devices.js';

const unsigned = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.none';

/** By the key under which core looks for the credentials of a device, the device: asked of core, not worked out here. */
export async function credentialsKeys(
  devices: readonly number[],
  secret: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const asked: string[] = [];
  await using pass = createPass({
    softwareStatement: unsigned,
    serviceProvider: 'REF30',
    environment: 'local',
    baseUrl: 'http://127.0.0.1:9',
    application: 'tv',
    secret,
    cache: askedCache(asked),
  });
  const keys = new Map<string, number>();
  for (const device of devices) {
    asked.length = 0;
    await pass.authenticate(deviceOf(device, 'nobody')).catch(() => undefined);
    const key = asked.find((name) => name.endsWith(':c'));
    if (key === undefined) throw new Error('Core did not look for the credentials of a device.');
    keys.set(key, device);
  }
  return keys;
}

/** Says which keys it is asked for, and nothing else. */
function askedCache(asked: string[]): PassCache {
  const unanswered = async (): Promise<never> => await Promise.reject(new Error('not answered'));
  return {
    scope: 'shared',
    async read(keys) {
      asked.push(...keys);
      return await unanswered();
    },
    swap: unanswered,
  };
}
