import type { IncomingHttpHeaders } from 'node:http';

import { isMembers } from '../device/deviceInfo.js';
import { headerOf } from '../headerOf.js';
import type { Subjects } from '../../state/sessions.js';

/**
 * Whom the single sign-on headers name. As with the real service, a token that is malformed, unsigned, expired or
 * encrypted opens nothing and does no harm. Signatures are not verified: nobody has handed us keys.
 */
export function readSubjects(headers: IncomingHttpHeaders, nowMs: number): Subjects {
  const serviceToken = subjectOf(headerOf(headers, 'ad-service-token'), nowMs, ['RS256']);
  const platformToken = subjectOf(
    headerOf(headers, 'adobe-subject-token') ?? headerOf(headers, 'x-roku-reserved-roku-connect-token'),
    nowMs,
  );
  return {
    ...(serviceToken === undefined ? {} : { serviceToken }),
    ...(platformToken === undefined ? {} : { platformToken }),
  };
}

function subjectOf(
  jwt: string | undefined,
  nowMs: number,
  algorithms?: readonly string[],
): string | undefined {
  const [head, payload, signature] = jwt?.trim().split('.') ?? [];
  const { alg } = decoded(head);
  const { iss, sub, exp } = decoded(payload);
  if (typeof alg !== 'string' || alg.toLowerCase() === 'none' || (signature ?? '') === '') return undefined;
  if (algorithms !== undefined && !algorithms.includes(alg)) return undefined;
  if (typeof sub !== 'string' || sub === '' || typeof exp !== 'number' || exp * 1000 <= nowMs)
    return undefined;
  return JSON.stringify([typeof iss === 'string' ? iss : '', sub]);
}

function decoded(part = ''): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return isMembers(value) ? value : {};
  } catch {
    return {};
  }
}
