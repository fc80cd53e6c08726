import type { Timing } from '../timing.js';
import { membersOf, numbersIn, rowsIn } from './rowsIn.js';

/** A device whose pair was refused somewhere in the fleet. Epoch seconds. */
export interface RefusedDevice {
  /** The beginning of the device's tag: 48 bits, so that two of a million share none. */
  readonly device: string;
  readonly firstAt: number;
  readonly lastAt: number;
  /** It had a token since. */
  readonly isServed: boolean;
}

export interface RefusedRecord {
  readonly devices: readonly RefusedDevice[];
  /** Refusals for which there was no room. */
  readonly rest: number;
  /** The last of them, epoch seconds. */
  readonly restAt: number;
}

export type Word = 'refused' | 'served';

type Rules = Pick<Timing['replacement'], 'refusedKeptMs' | 'newlyRefusedMs' | 'refusedPerRecord'>;

export function shortTag(tag: string): string {
  return tag.slice(0, 8);
}

/** One of 16, by the tag's first four bits. */
export function recordNumberOf(tag: string): number {
  return (Buffer.from(tag.slice(0, 2), 'base64url')[0] ?? 0) >> 4;
}

export function refusedRecordIn(value: unknown): RefusedRecord {
  const { d, r } = membersOf(value);
  const devices = rowsIn(d).flatMap(([device, ...numbers]): readonly RefusedDevice[] => {
    const [firstAt, lastAt, served] = numbersIn(numbers, 3) ?? [];
    if (typeof device !== 'string' || firstAt === undefined || lastAt === undefined) return [];
    return [{ device, firstAt, lastAt, isServed: served === 1 }];
  });
  const [rest = 0, restAt = 0] = numbersIn(Array.isArray(r) ? r : [], 2) ?? [];
  return { devices, rest, restAt };
}

export function storedRefusedRecord({ devices, rest, restAt }: RefusedRecord): unknown {
  const rows = devices.map(({ device, firstAt, lastAt, isServed }) => [
    device,
    firstAt,
    lastAt,
    isServed ? 1 : 0,
  ]);
  return rest === 0 ? { d: rows } : { d: rows, r: [rest, restAt] };
}

/** The record with what was noted since, by short tag, and without what no longer counts. `now`: epoch milliseconds. */
export function withWords(
  record: RefusedRecord,
  words: ReadonlyMap<string, Word>,
  now: number,
  rules: Rules,
): RefusedRecord {
  const at = Math.floor(now / 1_000);
  const kept = record.devices.filter((device) => counts(device, now, rules));
  const known = new Set(kept.map(({ device }) => device));
  const devices = kept.map((device) => afterWord(device, words.get(device.device), at, rules));
  let { rest, restAt } = isRecent(record.restAt, rules.refusedKeptMs, now) ? record : { rest: 0, restAt: 0 };
  for (const [device, word] of words) {
    if (word === 'served' || known.has(device)) continue;
    if (devices.length < rules.refusedPerRecord)
      devices.push({ device, firstAt: at, lastAt: at, isServed: false });
    else {
      rest += 1;
      restAt = at;
    }
  }
  return { devices, rest, restAt };
}

function afterWord(
  device: RefusedDevice,
  word: Word | undefined,
  at: number,
  { newlyRefusedMs }: Rules,
): RefusedDevice {
  switch (word) {
    case undefined:
      return device;
    case 'served':
      return { ...device, isServed: true };
    case 'refused': {
      const isNew = device.isServed && (at - device.firstAt) * 1_000 >= newlyRefusedMs;
      return { ...device, firstAt: isNew ? at : device.firstAt, lastAt: at, isServed: false };
    }
  }
}

/** Of one that was served only its first refusal still says something, and only for a minute. */
function counts({ firstAt, lastAt, isServed }: RefusedDevice, now: number, rules: Rules): boolean {
  return isServed ? isRecent(firstAt, rules.newlyRefusedMs, now) : isRecent(lastAt, rules.refusedKeptMs, now);
}

/** Clocks differ: what is as far ahead as it may be old is over too. */
function isRecent(at: number, forMs: number, now: number): boolean {
  return Math.abs(now - at * 1_000) < forMs;
}

/** What one record says of the fleet. `devices`: refused, and not served since; by short tags. */
export interface RefusedSummary {
  readonly newly: number;
  readonly refused: number;
  readonly devices: readonly string[];
}

export function summaryOf(record: RefusedRecord, now: number, rules: Rules): RefusedSummary {
  const counted = record.devices.filter((device) => counts(device, now, rules));
  const rest = isRecent(record.restAt, rules.refusedKeptMs, now) ? record.rest : 0;
  const devices = counted.filter(({ isServed }) => !isServed).map(({ device }) => device);
  const newly = counted.filter(({ firstAt }) => isRecent(firstAt, rules.newlyRefusedMs, now)).length;
  const newRest = isRecent(record.restAt, rules.newlyRefusedMs, now) ? rest : 0;
  return { newly: newly + newRest, refused: devices.length + rest, devices };
}
