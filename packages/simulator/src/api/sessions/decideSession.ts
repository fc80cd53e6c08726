import type { SessionParameters } from '../../state/sessions.js';
import type { Standing } from '../standing.js';

/** Adobe's `actionName`, with what belongs to it. */
export type SessionVerdict =
  | { readonly actionName: 'authorize'; readonly reasonType: AuthorizeReason }
  | { readonly actionName: 'resume' | 'retry'; readonly missing: readonly string[] }
  | { readonly actionName: 'authenticate' };

export type AuthorizeReason = 'authenticated' | 'temporary' | 'degraded' | 'authenticatedSSO';

const wanted = ['mvpd', 'domainName', 'redirectUrl'] as const;

/**
 * Whoever may watch already has nothing to sign in for; otherwise all three parameters are needed before a viewer can be
 * sent to an MVPD. A first call that lacks some is answered `resume`, a resuming one `retry`.
 */
export function decideSession(
  round: 'first' | 'resumed',
  parameters: SessionParameters,
  standing: Standing | undefined,
): SessionVerdict {
  const reasonType = standing === undefined ? undefined : reasonToAuthorize(standing);
  if (reasonType !== undefined) {
    // Resuming knows no reason of single sign-on.
    return {
      actionName: 'authorize',
      reasonType: round === 'resumed' && reasonType === 'authenticatedSSO' ? 'authenticated' : reasonType,
    };
  }
  const missing = wanted.filter((name) => parameters[name] === undefined);
  if (missing.length > 0) return { actionName: round === 'first' ? 'resume' : 'retry', missing };
  return { actionName: 'authenticate' };
}

export function reasonToAuthorize(standing: Standing): AuthorizeReason | undefined {
  switch (standing.kind) {
    case 'degraded':
      return 'degraded';
    case 'trial':
      return 'temporary';
    case 'signedIn':
      return standing.profile.type === 'regular' ? 'authenticated' : 'authenticatedSSO';
    case 'signedOut':
      return undefined;
  }
}
