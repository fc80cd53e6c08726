import { isBase64 } from '../../ground/deviceIdentifier.js';

const requiredKeys = ['model', 'version', 'osName', 'osVersion', 'connectionType'];

/**
 * Real traffic lacks the header, or sends `platform=Windows;…` in Base64, and passes; so by default only what is no
 * Base64 is refused. Strict: the page's table, which Adobe's own samples do not meet.
 */
export function deviceInfoProblem(header: string | undefined, strict: boolean): string | undefined {
  if (header === undefined) return strict ? 'missing' : undefined;
  if (!isBase64(header)) return 'not Base64';
  if (!strict) return undefined;
  const info = decodeDeviceInfo(header);
  if (!isMembers(info)) return 'not a JSON object';
  const missing = requiredKeys.filter((key) => !(key in info));
  return missing.length === 0 ? undefined : `without ${missing.join(', ')}`;
}

/** The JSON value; the decoded text if it is not JSON; undefined without a usable header. */
export function decodeDeviceInfo(header: string | undefined): unknown {
  if (header === undefined || !isBase64(header)) return undefined;
  const text = Buffer.from(header, 'base64').toString();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
