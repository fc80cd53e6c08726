import { isJsonObject } from '../http/parseJson.js';

/**
 * What a call has to do with a viewer's sign-in, which Adobe Pass binds to the device's pair of credentials: it may bring
 * one about, or its answer shows whether there is one.
 */
export type SignInPart = 'begins' | 'shows';

/** Of a call to `path`, a path below `/api/v2/` as it goes onto the wire. */
export function signInPartOf(method: string, path: string): SignInPart | undefined {
  const [, , , , resource, name] = path.split('?', 1)[0]?.split('/').map(plain) ?? [];
  if (method === 'GET') return resource === 'profiles' ? 'shows' : undefined;
  // sessions, sessions/{code}, sessions/sso/{partner}; and profiles/sso/{partner}, which makes a profile.
  if (resource === 'sessions' || (resource === 'profiles' && name === 'sso')) return 'begins';
  return undefined;
}

/** As a server may read it: percent-encoded or not, with `;parameters` or without. */
function plain(segment: string): string {
  const [name = ''] = segment.split(';', 1);
  try {
    return decodeURIComponent(name).toLowerCase();
  } catch {
    return name.toLowerCase();
  }
}

/**
 * Whether an answer about profiles shows one that a viewer's sign-in has bound to the pair. Those of temporary access and
 * degradation come without a sign-in, and those of single sign-on outlive the pair.
 */
export function showsSignIn(body: unknown): boolean {
  if (!isJsonObject(body) || !isJsonObject(body['profiles'])) return false;
  const { profiles } = body;
  for (const mvpd in profiles) {
    const profile = profiles[mvpd];
    if (isJsonObject(profile) && profile['type'] === 'regular') return true;
  }
  return false;
}
