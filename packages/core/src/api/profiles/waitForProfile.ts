import { isPassError } from '../../errors.js';
import { monotonicOf } from '../../time/clock.js';
import type { CallOptions } from '../CallOptions.js';
import type { ClientCalls } from '../ClientCalls.js';
import { refusesCode } from '../sessions/outdated.js';
import { nextQuestion, paceOf, passes } from './pace.js';
import type { ProfilesRuntime } from './profiles.js';
import type { Profile, WaitOutcome, WaitParameters } from './types.js';

export interface Waiting extends WaitParameters {
  /** One question. */
  readonly ask: (signal: AbortSignal) => Promise<Profile | undefined>;
}

/** Asks for the profile of a code until there is an outcome. */
export async function waitForProfile(
  client: ClientCalls,
  runtime: Pick<ProfilesRuntime, 'signIns' | 'clock' | 'timing' | 'closing'>,
  waiting: Waiting,
  options: CallOptions | undefined,
): Promise<WaitOutcome> {
  const { signIns, clock, timing, closing } = runtime;
  const { code, ask } = waiting;
  const whose = client.whose();
  const pace = paceOf(waiting, clock.now(), timing);
  const now = (): number => monotonicOf(clock);
  const endsAt = now() + pace.lastsMs;
  if (signIns.isSuperseded(whose, code)) return { outcome: 'superseded' };
  const newer = new AbortController();
  const stopWatching = signIns.watch(whose, { code, onNewer: () => newer.abort(superseded) });
  try {
    // The last question has the time of any other.
    const forMs = pace.lastsMs + timing.deadlineMs;
    return await client.lasting(forMs, [options?.signal, newer.signal], async (deadline) => {
      let askAt = signIns.nextAsk(whose, code, timing.shortestPollMs);
      for (;;) {
        if (Math.max(askAt, now()) >= endsAt) {
          await deadline.pause(Math.max(0, endsAt - now()), closing);
          return { outcome: 'expired' };
        }
        if (askAt > now()) await deadline.pause(askAt - now(), closing);
        const askedAt = now();
        signIns.asks(whose, code, askedAt);
        let failed: unknown;
        try {
          const profile = await ask(deadline.signal ?? newer.signal);
          if (profile !== undefined) return { outcome: 'signedIn', profile };
        } catch (error) {
          const outcome = outcomeOf(error);
          if (outcome !== undefined) return outcome;
          if (!passes(error)) throw error;
          failed = error;
        }
        deadline.signal?.throwIfAborted();
        askAt = nextQuestion(askedAt, pace, now(), failed);
      }
    });
  } catch (error) {
    if (error === superseded) return { outcome: 'superseded' };
    throw error;
  } finally {
    stopWatching();
  }
}

/** The reason of a wait's own signal: nobody else can have it. */
const superseded: unique symbol = Symbol('the device has been given a newer code');

function outcomeOf(error: unknown): WaitOutcome | undefined {
  if (isPassError(error) && error.code === 'session_outdated') return { outcome: 'startAgain', error };
  return refusesCode(error) ? { outcome: 'codeRefused', error } : undefined;
}
