import type { Clock } from '../time/clock.js';
import type { PendingEffect } from '../registration/effect.js';
import type { Answer, Failure } from '../registration/event.js';
import type { Known } from '../registration/state.js';
import type { Admission, Admissions } from '../admission/Admissions.js';
import type { DcrCaller, DcrCalls } from '../dcr/DcrCalls.js';
import type { DeviceRecords } from './DeviceRecords.js';
import { failure } from '../registration/failure.js';
import type { LossRecovery } from '../recovery/LossRecovery.js';
import type { ReplacementFuse } from '../admission/ReplacementFuse.js';

/** What the sessions of one `Pass` share to run their effects. */
export interface EffectParts {
  readonly clock: Clock;
  readonly records: DeviceRecords;
  readonly calls: DcrCalls;
  readonly admissions: Admissions;
  readonly fuse: ReplacementFuse;
  readonly recovery: LossRecovery;
}

/** On what, and on whose behalf, an effect is run. */
export interface EffectSubject {
  readonly tag: string;
  readonly caller: DcrCaller | null;
  readonly known: Known;
  /** Aborted when no caller waits any more. */
  readonly unwanted: AbortSignal;
  admission: Admission | null;
}

/** Runs one effect that takes time, except `wait`, and says what came of it. Never rejects. */
export async function runEffect(
  effect: Exclude<PendingEffect, { readonly type: 'wait' }>,
  subject: EffectSubject,
  parts: EffectParts,
): Promise<Answer> {
  const { tag, caller } = subject;
  const { records, calls, fuse, recovery } = parts;
  switch (effect.type) {
    case 'readRecords': {
      const read = records.read(tag, effect.strong);
      // What a call will need to know is asked for in the same round trip.
      if (effect.strong && caller !== null) calls.lookAhead(caller);
      if (effect.strong && subject.known.pair === null) recovery.look();
      return await read;
    }
    case 'swapLease':
      return await records.swapLease(tag, effect);
    case 'swapCredentials': {
      const swapped = records.swapCredentials(tag, effect);
      if (caller !== null) calls.lookAhead(caller);
      return await swapped;
    }
    case 'swapToken':
      return await records.swapToken(tag, effect);
    case 'admitRegistration': {
      const admitted = await admit(subject, parts, effect.ephemeral);
      if ('heldOff' in admitted) return { type: 'registrationHeldOff', failure: admitted.heldOff };
      if ('code' in admitted) return { type: 'registrationFailed', failure: admitted };
      subject.admission = admitted;
      return { type: 'registrationAdmitted' };
    }
    case 'permitReplacement': {
      const refused = (await recovery.heldOff()) ?? fuse.permit(tag);
      if (refused !== null) return { type: 'replacementSuspended', failure: refused };
      const admitted = await admit(subject, parts);
      if ('heldOff' in admitted) return { type: 'replacementSuspended', failure: admitted.heldOff };
      if ('code' in admitted) return { type: 'replacementSuspended', failure: admitted };
      subject.admission = admitted;
      return { type: 'replacementPermitted' };
    }
    case 'register': {
      const { admission } = subject;
      if (admission === null || caller === null) {
        const none = failure('registration_limited', 'no place to register was reserved');
        return { type: 'registrationFailed', failure: none };
      }
      const answer = await calls.register(caller, admission.statement);
      if (answer.type === 'registered') admission.accepted();
      else if (answer.failure.code === 'software_statement_rejected')
        await admission.rejected(answer.failure.adobeCode ?? 'unknown');
      return answer;
    }
    case 'requestToken':
      return caller === null
        ? { type: 'tokenFailed', failure: failure('closed', 'nobody has asked for a token') }
        : await calls.requestToken(caller, effect.credentials);
  }
}

async function admit(
  { caller, unwanted }: EffectSubject,
  { admissions, recovery }: EffectParts,
  ephemeral = false,
): Promise<Admission | Failure | { readonly heldOff: Failure }> {
  // Nothing will be stored that could take a place.
  if (ephemeral) return await admissions.admit(caller?.address, unwanted, true);
  const before = await recovery.heldOff();
  if (before !== null) return { heldOff: before };
  const admitted = await admissions.admit(caller?.address, unwanted);
  if ('code' in admitted) return admitted;
  // The admission may have found that the cache is empty.
  const after = await recovery.heldOff();
  if (after === null) return admitted;
  admitted.end();
  return { heldOff: after };
}
