import { isJsonObject } from '../../http/parseJson.js';
import type { ParsedResponse } from '../../http/parseProtectedResponse.js';
import { compact, epochMs, textIn, textsIn, unknownFields } from '../answers/fields.js';
import { responseInvalid } from '../responseInvalid.js';
import type { Profile, ProfileAttribute, TemporaryProfile } from './types.js';

const known: ReadonlySet<string> = new Set(['notBefore', 'notAfter', 'issuer', 'attributes', 'sessionId']);
const knownWithType: ReadonlySet<string> = new Set([...known, 'type']);

/**
 * The map of profiles as a list, in Adobe's order.
 * @throws PassError `upstream_response_invalid`
 */
export function readProfiles(name: string, { status, body }: ParsedResponse): readonly Profile[] {
  if (!isJsonObject(body) || !isJsonObject(body['profiles']))
    throw responseInvalid(name, status, 'has no map of profiles');
  return Object.entries(body['profiles']).map(([mvpd, raw]) => readProfile(name, mvpd, raw, status));
}

/** Whether a profile still is valid depends on its times, so one without them is no profile. */
function readProfile(name: string, mvpd: string, raw: unknown, status: number): Profile {
  if (!isJsonObject(raw)) throw responseInvalid(name, status, 'has a profile that is no JSON object');
  const notBefore = epochMs(raw['notBefore']);
  const notAfter = epochMs(raw['notAfter']);
  if (notBefore === undefined || notAfter === undefined) {
    throw responseInvalid(name, status, 'has a profile without notBefore and notAfter');
  }
  const attributes = readAttributes(raw['attributes']);
  const any = {
    mvpd,
    notBefore,
    notAfter,
    issuer: textIn(raw['issuer']) ?? mvpd,
    attributes,
    ...compact({ sessionId: textIn(raw['sessionId']) }),
    unknownFields: unknownFields(raw, knownWithType),
  };
  const type = textIn(raw['type']) ?? 'regular';
  switch (type) {
    case 'regular':
    case 'degraded':
    case 'appleSSO':
    case 'platformSSO':
    case 'serviceTokenSSO':
      return { type, ...any };
    case 'temporary':
      return { type, ...any, temporaryAccess: temporaryAccess(attributes) };
    default:
      return { type: 'other', ...any, unknownFields: unknownFields(raw, known) };
  }
}

function temporaryAccess(attributes: Profile['attributes']): TemporaryProfile['temporaryAccess'] {
  const remaining = Number(attributes['remaining_resources']?.value ?? Number.NaN);
  return {
    ...compact({
      expiresAt: epochMs(attributes['expiration_date']?.value),
      remainingResources: Number.isSafeInteger(remaining) ? remaining : undefined,
    }),
    // A diagram of Adobe's has 0 for none.
    usedAssets: textsIn(attributes['used_assets']?.value),
  };
}

function readAttributes(raw: unknown): Profile['attributes'] {
  if (!isJsonObject(raw)) return {};
  return Object.fromEntries(
    Object.entries(raw).map(([attribute, value]) => [attribute, readAttribute(value)]),
  );
}

function readAttribute(raw: unknown): ProfileAttribute {
  if (!isJsonObject(raw)) return { value: raw, state: 'plain' };
  const { value, state, error } = raw;
  return {
    ...(value === undefined ? {} : { value }),
    state: typeof state === 'string' ? state : 'plain',
    ...(typeof error === 'string' ? { error } : {}),
  };
}
