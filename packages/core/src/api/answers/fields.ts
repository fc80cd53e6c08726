import { isJsonObject } from '../../http/parseJson.js';

/** A value that this library knows, or a later one of Adobe's. Written so that editors still suggest the known ones. */
export type OpenText<Known extends string> = Known | (string & Pick<string, 'length'>);

/** What Adobe Pass sent beyond what this library knows, as it came: further members, and values that took no known form. */
export type UnknownFields = Readonly<Record<string, unknown>>;

/** Non-empty text, or `undefined`. */
export function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The texts of a list; what is no list has none. */
export function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** Absent means false. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}

/** Below this, a number of ten digits and more counts seconds: as milliseconds it would be a day of 1973 or before. */
const firstMs = 1e11;
const firstSecond = 1e9;

/**
 * Epoch milliseconds. Adobe sends them as a number in profiles and decisions and as text in sessions; seconds and ISO text
 * have been seen in other answers of its.
 */
export function epochMs(value: unknown): number | undefined {
  if (typeof value === 'string') {
    if (/^\d{1,16}$/.test(value)) return epochMs(Number(value));
    const parsed = /^\d{4}-\d{2}-\d{2}T[\d:.]{5,15}(?:Z|[+-]\d{2}:?\d{2})$/.test(value)
      ? Date.parse(value)
      : NaN;
    return Number.isNaN(parsed) ? undefined : parsed;
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return value >= firstSecond && value < firstMs ? value * 1_000 : value;
}

type Compact<Members> = {
  [Name in keyof Members as undefined extends Members[Name] ? never : Name]: Members[Name];
} & {
  [Name in keyof Members as undefined extends Members[Name] ? Name : never]?: Exclude<
    Members[Name],
    undefined
  >;
};

/** Without the members that are `undefined`: an answer shows what was answered. */
export function compact<const Members extends object>(members: Members): Compact<Members> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as Compact<Members>;
}

/** The members of `raw` but those in `known`. */
export function unknownFields(
  raw: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
): UnknownFields {
  return Object.fromEntries(Object.entries(raw).filter(([name]) => !known.has(name)));
}

/** A member that is an object, or one without members. */
export function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  return isJsonObject(value) ? value : {};
}
