import { createKeyNames } from '../../src/cache/keyNames.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createByteStore } from '../../src/cache/RecordStore.js';
import { createSealer } from '../../src/cache/sealing.js';
import type { Device } from '../../src/device/Device.js';
import { identifierBytes } from '../../src/device/identifier.js';
import type { CredentialsRecord } from '../../src/registration/record.js';
import { DeviceRecords } from '../../src/session/DeviceRecords.js';
import { defaultTiming } from '../../src/timing.js';
import { secret, type Harness } from './harness.js';

const names = createKeyNames({ environment: 'local', application: 'tv', nameSecret: secret });

const tagOf = ({ identifier }: Device): string => names.deviceTag(identifierBytes(identifier));

/** The key of a device's credentials in the cache of a harness. */
export const credentialsKey = (device: Device): string => names.ofDevice(tagOf(device)).credentials;

/** The credentials of devices as the cache of a harness has them, and as somebody else may change them. */
export class StoredPairs {
  readonly #cache: PassCache;
  readonly #records: DeviceRecords;

  constructor({ cache, clock }: Pick<Harness, 'cache' | 'clock'>) {
    const sealer = createSealer([secret]);
    const timing = defaultTiming.cache;
    this.#cache = cache;
    this.#records = new DeviceRecords(createByteStore({ cache, sealer, clock, timing }), names, timing);
  }

  async of(device: Device): Promise<CredentialsRecord> {
    const { record } = await this.#stored(device);
    return record;
  }

  async change(device: Device, change: (record: CredentialsRecord) => CredentialsRecord): Promise<void> {
    const { record, version } = await this.#stored(device);
    const effect = { type: 'swapCredentials', expected: version, next: change(record) } as const;
    const answer = await this.#records.swapCredentials(tagOf(device), effect);
    if (answer.type !== 'credentialsSwapped' || !answer.result.ok)
      throw new Error('the record was changed meanwhile');
  }

  async lose(device: Device): Promise<void> {
    const { version } = await this.#stored(device);
    await this.#cache.swap(credentialsKey(device), version, null);
  }

  async #stored(device: Device): Promise<{ readonly record: CredentialsRecord; readonly version: string }> {
    const answer = await this.#records.read(tagOf(device), true);
    if (answer.type !== 'recordsRead' || answer.credentials.kind !== 'stored')
      throw new Error('the device has no stored credentials');
    return answer.credentials;
  }
}
