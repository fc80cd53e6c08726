import { isJsonObject } from '../../http/parseJson.js';
import type { ParsedResponse } from '../../http/parseProtectedResponse.js';
import { pathSegment } from '../../http/upstreamPath.js';
import type { CallOptions } from '../CallOptions.js';
import type { ProtectedCall } from '../callProtected.js';
import type { ClientCalls } from '../ClientCalls.js';
import type { ContextHeader } from '../contextHeaders.js';
import { responseInvalid } from '../responseInvalid.js';
import type { Profile, ProfileAttribute, ProfilesResource } from './types.js';

const name = 'GET profiles';

/** Not the identity for temporary access: only the calls that name an MVPD take it. */
const contextOfProfiles: readonly ContextHeader[] = [
  'subjectToken',
  'rokuConnectToken',
  'serviceToken',
  'partnerFrameworkStatus',
  'visitorIdentifier',
];

export class Profiles implements ProfilesResource {
  readonly #client: ClientCalls;

  constructor(client: ClientCalls) {
    this.#client = client;
  }

  async all(options?: CallOptions): Promise<readonly Profile[]> {
    const client = this.#client;
    return await client.within(options, async (deadline) => {
      const call = profilesRequest(client.serviceProvider, client.headers(contextOfProfiles));
      return processProfilesResponse(await client.call(call, deadline));
    });
  }
}

export function profilesRequest(
  serviceProvider: string,
  headers: Readonly<Record<string, string>>,
): ProtectedCall {
  const path = `/api/v2/${pathSegment(serviceProvider, 'serviceProvider')}/profiles`;
  return { endpoint: 'profiles', method: 'GET', path, headers, signIn: 'shows' };
}

/**
 * The map of profiles as a list, in Adobe's order.
 * @throws PassError `upstream_response_invalid`
 */
export function processProfilesResponse({ status, body }: ParsedResponse): readonly Profile[] {
  if (!isJsonObject(body) || !isJsonObject(body['profiles']))
    throw responseInvalid(name, status, 'has no map of profiles');
  return Object.entries(body['profiles']).map(([mvpd, raw]) => readProfile(mvpd, raw, status));
}

/** Whether a profile still is valid depends on its times, so one without them is no profile. */
function readProfile(mvpd: string, raw: unknown, status: number): Profile {
  if (!isJsonObject(raw)) throw responseInvalid(name, status, 'has a profile that is no JSON object');
  const notBefore = epochMs(raw['notBefore']);
  const notAfter = epochMs(raw['notAfter']);
  if (notBefore === undefined || notAfter === undefined) {
    throw responseInvalid(name, status, 'has a profile without notBefore and notAfter');
  }
  const { issuer, type, attributes } = raw;
  return {
    mvpd,
    notBefore,
    notAfter,
    issuer: typeof issuer === 'string' ? issuer : mvpd,
    type: typeof type === 'string' ? type : 'regular',
    attributes: readAttributes(attributes),
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

/** Adobe sends epoch milliseconds as a number here and as a string in sessions, and has changed its mind before. */
function epochMs(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  return typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : undefined;
}
