import { isBase64 } from '../../ground/deviceIdentifier.js';
import { isMembers } from '../device/deviceInfo.js';

/** The member of `AP-TempPass-Identity` that a promotional TempPass goes by; undefined if it is not there. */
export function readIdentity(header: string | undefined, key: string): string | undefined {
  if (header === undefined || !isBase64(header)) return undefined;
  try {
    const identity: unknown = JSON.parse(Buffer.from(header, 'base64').toString());
    const value = isMembers(identity) ? identity[key] : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  } catch {
    return undefined;
  }
}
