import { createHmac } from 'node:crypto';
import { PassError } from '../errors.js';
import { deriveSecretKeys } from './secretKeys.js';

const prefix = 'pass-dcr';

/** How each environment is called in keys: millions of them begin with it. Not one is like another, or like a number. */
const environmentLetters: ReadonlyMap<string, string> = new Map([
  ['release-production', 'rp'],
  ['release-staging', 'rs'],
  ['prequal-production', 'pp'],
  ['prequal-staging', 'ps'],
  ['local', 'lo'],
]);

/** 22 characters of base64url: 132 bits, so that no two of any number of devices meet. */
const tagLength = 22;

/** The keys of one device. They share its `{tag}`, so that a Redis Cluster keeps them on one node. */
export interface DeviceKeys {
  readonly credentials: string;
  readonly token: string;
  readonly lease: string;
}

/** How records are named in the cache. A name that changes logs viewers out: their records are found no more. */
export interface KeyNames {
  /** A keyed hash of the decoded identifier: equal in every process with the same secret, and not reversible. */
  deviceTag(identifier: Uint8Array): string;
  ofDevice(tag: string): DeviceKeys;
  /** Where the fleet notes that Adobe Pass refuses a software statement. */
  ofStatement(fingerprint: string): string;
  /** Where the fleet notes that Adobe Pass throttles an address, or an IPv6 /64. The name does not show the address. */
  ofAddress(address: string): string;
  /** A keyed hash of an address, or of an IPv6 /64, as `deviceTag` is of a device. */
  addressTag(address: string): string;
  /** The record that says which secret the names derive from. */
  readonly meta: string;
  /** Where the format of before had that record: what stands there keeps processes of both formats apart. */
  readonly formerMeta: string;
  /** Where a process that finds the cache new asks all others to register nobody for a while. */
  readonly hold: string;
  /** Where the processes tell one another which pairs they put back. */
  readonly recovery: string;
  /** Where every process notes for which Adobe Pass and which registered application it uses these names. */
  readonly users: string;
  /** The nth of the records of pairs that Adobe Pass refused. */
  ofRefused(n: number): string;
  /** The nth of the places of devices whose pair may be replaced. */
  ofPlace(n: number): string;
  /** Where it is counted how often the pair of a device was changed. */
  ofChanges(tag: string): string;
  /** As long as it is there, Adobe Pass refuses too many pairs, and nobody replaces any. */
  readonly incident: string;
  /** Who tries for all whether Adobe Pass has recovered. */
  readonly probe: string;
  /** How many devices each process has asked for, and was served for. */
  readonly fleet: string;
  /** How many replacements more the operator has allowed. */
  readonly allowance: string;
  /** How the keys of every device begin, and of nothing else. */
  readonly devices: string;
}

export interface KeyNameOptions {
  /** A `PassEnvironment`. */
  readonly environment: string;
  /** 1 to 40 of `A–Z a–z 0–9 _ . -`. */
  readonly application: string;
  /** The last of the list of secrets. */
  readonly nameSecret: string;
  /** Whose pairs they are: of devices (default), or of a server itself, which has a key space of its own beside them. */
  readonly identity?: 'device' | 'server' | undefined;
}

/** @throws PassError `option_invalid` if there is no such environment, or the application cannot be part of a key. */
export function createKeyNames({
  environment,
  application: name,
  nameSecret,
  identity = 'device',
}: KeyNameOptions): KeyNames {
  const letters = lettersOf(environment);
  assertApplication(name);
  // No application has a colon in its name, and no record beside devices is called `server`.
  const application = identity === 'server' ? `${name}:server` : name;
  const { nameKey } = deriveSecretKeys(nameSecret);
  const space = `${prefix}:${letters}:${application}`;
  // NUL ends each part, none of the parts before the last can contain one, and the last needs no end: two different
  // inputs never make one message. The first part keeps the three uses apart.
  const tag = (use: 'device' | 'statement' | 'address', subject: Uint8Array | string): string =>
    createHmac('sha256', nameKey)
      .update(`${use}\0${environment}\0${application}\0`, 'utf8')
      .update(subject)
      .digest()
      // 17 bytes are 23 characters. A slice keeps what it was cut from alive, for each of a million devices.
      .toString('base64url', 0, 17)
      .slice(0, tagLength);
  return {
    deviceTag: (identifier) => tag('device', identifier),
    ofDevice(deviceTag) {
      const device = `${space}:{${deviceTag}}`;
      return { credentials: `${device}:c`, token: `${device}:t`, lease: `${device}:l` };
    },
    // A statement's `sub` may hold any character, so it is hashed too.
    ofStatement: (fingerprint) => `${space}:statement:${tag('statement', fingerprint)}`,
    ofAddress: (address) => `${space}:address:${tag('address', address)}`,
    addressTag: (address) => tag('address', address),
    meta: `${space}:meta`,
    formerMeta: `${prefix}:1:${environment}:${application}:meta`,
    hold: `${space}:hold`,
    recovery: `${space}:recovery`,
    users: `${space}:users`,
    ofRefused: (n) => `${space}:refused:${n}`,
    ofPlace: (n) => `${space}:place:${n}`,
    ofChanges: (deviceTag) => `${space}:changes:${deviceTag}`,
    incident: `${space}:incident`,
    probe: `${space}:probe`,
    fleet: `${space}:fleet`,
    allowance: `${space}:allowance`,
    devices: `${space}:{`,
  };
}

function lettersOf(environment: string): string {
  const letters = environmentLetters.get(environment);
  if (letters !== undefined) return letters;
  const known = [...environmentLetters.keys()].join(', ');
  throw new PassError(
    'option_invalid',
    `environment must be one of ${known}, received ${JSON.stringify(environment)}`,
  );
}

function assertApplication(application: string): void {
  if (/^[A-Za-z0-9_.-]{1,40}$/.test(application)) return;
  throw new PassError(
    'option_invalid',
    `application must be 1 to 40 of A-Z a-z 0-9 _ . - because it is part of every cache key, received ${JSON.stringify(application)}`,
  );
}
