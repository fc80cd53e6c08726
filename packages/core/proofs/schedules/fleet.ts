import { createKeyNames, type KeyNames } from '../../src/cache/keyNames.js';
import { createKeySpace } from '../../src/cache/keySpace.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createRecordStore } from '../../src/cache/RecordStore.js';
import { createSealer, type Sealer } from '../../src/cache/sealing.js';
import { secretId } from '../../src/cache/secretKeys.js';
import { systemClock } from '../../src/time/clock.js';
import { identifierBytes } from '../../src/device/identifier.js';
import type { Device } from '../../src/device/Device.js';
import { defaultTiming } from '../../src/timing.js';

/** Everything secret in a schedule contains one of these, so that one look at an event or an error finds a leak. */
export const markers = {
  clientId: 'zzclient',
  clientSecret: 'zzsecret',
  token: 'zztoken',
  identifier: 'zzidentifier',
  fleetSecret: 'zzfleet',
  statement: 'zzstatement',
} as const;

const fleetSecret = `${markers.fleetSecret} 0123456789abcdef0123456789abcdef`;

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const statement = `${part({ alg: 'RS256' })}.${part({ sub: 'television' })}.${markers.statement}`;

/** What every process of the fleet is configured with. */
export const fleet = {
  softwareStatement: statement,
  serviceProvider: 'REF30',
  environment: 'local',
  baseUrl: 'http://127.0.0.1:9',
  application: 'tv',
  secret: fleetSecret,
} as const;

/** A leak is one of the markers, or an identifier as the header has it. */
export const leakPattern = new RegExp(
  [...Object.values(markers), Buffer.from(markers.identifier).toString('base64').slice(0, 16)].join('|'),
);

export const sealer: Sealer = createSealer([fleetSecret]);

const names: KeyNames = createKeyNames({
  environment: fleet.environment,
  application: fleet.application,
  nameSecret: fleetSecret,
});

/** As a process leaves the cache that has used it before. */
export async function settleIn(cache: PassCache): Promise<void> {
  const timing = defaultTiming.cache;
  const store = createRecordStore({ cache, sealer, clock: systemClock, timing });
  await createKeySpace({ store, names, nameKeyId: secretId(fleetSecret), timing }).verify();
}

export type RecordKind = 'credentials' | 'token' | 'lease';

export interface SimDevice extends Device {
  readonly index: number;
  readonly userAgent: string;
  readonly address: string;
}

export const mostDevices = 4;

/** The devices of a schedule. Where `shared`, the first two are in one household, behind one address. */
export function devicesOf(count: number, shared: boolean): readonly SimDevice[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    identifier: `${markers.identifier}-${index}`,
    userAgent: `television/${index}`,
    address: `8.8.4.${shared && index === 1 ? 1 : index + 1}`,
  }));
}

/** Which device and which of its records a key names; `undefined` for a key that belongs to no device. */
export const recordOfKey: ReadonlyMap<string, { readonly device: number; readonly kind: RecordKind }> =
  new Map(
    devicesOf(mostDevices, false).flatMap(({ identifier, index }) => {
      const keys = names.ofDevice(names.deviceTag(identifierBytes(identifier)));
      return (['credentials', 'token', 'lease'] as const).map(
        (kind) => [keys[kind], { device: index, kind }] as const,
      );
    }),
  );

export function keyLabel(key: string): string {
  const record = recordOfKey.get(key);
  if (record !== undefined) return `${record.kind} of device ${record.device}`;
  return key.endsWith(':meta') ? 'meta' : (key.split(':')[3] ?? 'other');
}
