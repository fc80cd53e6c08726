import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Where process identifiers mean the same processes. */
export interface Place {
  /** Another one after each start of the machine; where the system has none, the name of the host. */
  readonly boot: string;
  /** Of process identifiers: containers have their own. */
  readonly namespace: string;
  readonly hostName: string;
}

export function placeOfThisProcess(): Place {
  const hostName = hostname();
  return {
    boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()) ?? hostName,
    namespace: attempt(() => readlinkSync('/proc/self/ns/pid')) ?? '',
    hostName,
  };
}

export function isSamePlace(one: Place, other: Place): boolean {
  return one.boot === other.boot && one.namespace === other.namespace;
}

/** The boot is told as a hash, because whoever reads the folder need not know it. */
export function placeText({ boot, namespace, hostName }: Place): string {
  return JSON.stringify({ boot: hashed(boot), namespace, hostName });
}

/** `null` for what nobody wrote, or has not written whole yet. */
export function placeIn(text: string): Place | null {
  const parsed: unknown = attempt(() => JSON.parse(text) as unknown);
  if (typeof parsed !== 'object' || parsed === null) return null;
  const { boot, namespace, hostName } = parsed as Readonly<Record<string, unknown>>;
  if (typeof boot !== 'string' || typeof namespace !== 'string' || typeof hostName !== 'string') return null;
  return { boot, namespace, hostName };
}

export function hashedPlace(place: Place): Place {
  return { ...place, boot: hashed(place.boot) };
}

function hashed(boot: string): string {
  return createHash('sha256').update(boot).digest('hex').slice(0, 16);
}

function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
