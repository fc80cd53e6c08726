import { isPassError, PassError } from '../../errors.js';
import type { KnownPair } from '../../session/AccessTokens.js';
import type { ApiRuntime } from '../ApiRuntime.js';
import type { ClientCalls } from '../ClientCalls.js';

/** What Adobe Pass says where it knows no such code, or no longer. */
const codeRefusals: ReadonlySet<string> = new Set([
  'invalid_authentication_session',
  'invalid_parameter_code',
]);

/** Whether Adobe Pass has refused the code that a call named. */
export function refusesCode(error: unknown): error is PassError {
  return (
    isPassError(error) &&
    error.code === 'upstream_refused' &&
    error.adobe?.code !== undefined &&
    codeRefusals.has(error.adobe.code)
  );
}

export interface PairQuestion {
  /** The client id that the code was begun with, as far as this process knows. */
  readonly begunWith: string | undefined;
  readonly pair: KnownPair | null;
  readonly now: number;
  /** How long a code lives. */
  readonly codeLifeMs: number;
}

/**
 * Whether the device has had other credentials when a refused code was made. This process knows with which it was, or the
 * pair has taken another's place while the code may have lived.
 */
export function hasChangedPair({ begunWith, pair, now, codeLifeMs }: PairQuestion): boolean {
  if (pair === null) return false;
  if (begunWith !== undefined) return begunWith !== pair.clientId;
  return pair.generation > 1 && now - pair.registeredAt < codeLifeMs;
}

/** The word for it: nobody mistyped anything. */
function sessionOutdated(name: string, refusal: PassError): PassError {
  const { adobe, viewerMessage } = refusal;
  return new PassError(
    'session_outdated',
    `${name}: the credentials of the device have changed since this code was made; begin another sign-in`,
    { adobe, viewerMessage, viewerMustSignIn: true, cause: refusal },
  );
}

/** The answer to a call about a code. Where Adobe Pass refuses it because the pair has changed, the error says so. */
export async function ofCode<Answer>(
  client: ClientCalls,
  { signIns, tokens, clock, timing }: Pick<ApiRuntime, 'signIns' | 'tokens' | 'clock' | 'timing'>,
  { name, code }: { readonly name: string; readonly code: string },
  answer: Promise<Answer>,
): Promise<Answer> {
  const begunWith = signIns.clientIdOf(client.whose(), code);
  try {
    return await answer;
  } catch (error) {
    if (!refusesCode(error)) throw error;
    const pair = tokens.pairOf(client.key());
    const isOutdated = hasChangedPair({ begunWith, pair, now: clock.now(), codeLifeMs: timing.codeLifeMs });
    throw isOutdated ? sessionOutdated(name, error) : error;
  }
}
