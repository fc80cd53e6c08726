import type { PendingEffect } from '../registration/effect.js';
import type { Answer, Failure } from '../registration/event.js';
import type { Known } from '../registration/state.js';
import type { Admission, Admissions } from '../admission/Admissions.js';
import type { Place } from '../admission/RegistrationBudget.js';
import type { DcrCaller, DcrCalls } from '../dcr/DcrCalls.js';
import type { DeviceRecords } from './DeviceRecords.js';
import { failure } from '../registration/failure.js';
import type { AskedPair, Replacements } from '../replacement/Replacements.js';
import type { ClientCredentials } from '../registration/record.js';
import type { LossRecovery } from '../recovery/LossRecovery.js';

/** What the sessions of one `Pass` share to run their effects. */
export interface EffectParts {
  readonly records: DeviceRecords;
  readonly calls: DcrCalls;
  readonly admissions: Admissions;
  readonly replacements: Replacements;
  readonly recovery: LossRecovery;
}

/** On what, and on whose behalf, an effect is run. */
export interface EffectSubject {
  readonly tag: string;
  readonly caller: DcrCaller | null;
  readonly known: Known;
  /** Epoch milliseconds of the work's own time. */
  now(): number;
  /** Aborted when no caller waits any more. */
  readonly unwanted: AbortSignal;
  admission: Admission | null;
  place: Place | null;
  /** What was looked at beside the last strong read: why the device may not be registered, should it be absent. */
  beside: Promise<Failure | null> | null;
}

/** Runs one effect that takes time, except `wait`, and says what came of it. Never rejects. */
export async function runEffect(
  effect: Exclude<PendingEffect, { readonly type: 'wait' }>,
  subject: EffectSubject,
  parts: EffectParts,
): Promise<Answer> {
  const { tag, caller } = subject;
  const { records, calls, admissions, replacements, recovery } = parts;
  switch (effect.type) {
    case 'readRecords': {
      const read = records.read(tag, effect.strong);
      // What a call will need to know is asked for in the same round trip.
      if (effect.strong && caller !== null) calls.lookAhead(caller);
      if (effect.strong && subject.known.pair === null) {
        subject.beside = recovery.lookBeside(tag);
        admissions.lookAhead();
      }
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
    case 'queueToRegister': {
      // Whoever waits for that holds neither a place nor the lease.
      const heldOff = recovery.heldOffNow(tag);
      if (heldOff !== null) return { type: 'registrationHeldOff', failure: heldOff };
      const refused = await queue(subject, parts);
      return refused === null ? { type: 'queuePassed' } : { type: 'registrationFailed', failure: refused };
    }
    case 'admitRegistration': {
      const admitted = await admit(subject, parts, effect.ephemeral);
      if ('heldOff' in admitted) return { type: 'registrationHeldOff', failure: admitted.heldOff };
      if ('code' in admitted) return { type: 'registrationFailed', failure: admitted };
      subject.admission = admitted;
      return { type: 'registrationAdmitted' };
    }
    case 'weighRefusal': {
      const heldOff = await recovery.heldOff(tag);
      if (heldOff !== null) return { type: 'replacementSuspended', failure: heldOff };
      const verdict = await replacements.refused(askedPair(tag, effect.suspect));
      return verdict.kind === 'suspended'
        ? { type: 'replacementSuspended', failure: verdict.failure }
        : { type: 'refusalWeighed', againInMs: verdict.kind === 'again' ? verdict.delayMs : null };
    }
    case 'takePlace': {
      const refused = (await recovery.heldOff(tag)) ?? (await replacements.takePlace(tag));
      return refused === null ? { type: 'placeTaken' } : { type: 'replacementSuspended', failure: refused };
    }
    case 'register': {
      const { admission, place } = subject;
      if (admission === null || place === null || caller === null) {
        const none = failure('registration_limited', 'no place to register was reserved');
        return { type: 'registrationFailed', failure: none };
      }
      const answer = await place.register(async () => await calls.register(caller, admission.statement));
      if (answer.type === 'registered') {
        admission.accepted();
        return answer;
      }
      const { code, adobeCode, adobeStatus } = answer.failure;
      if (code !== 'software_statement_rejected') return answer;
      const told = await admission.rejected(adobeCode ?? 'unknown');
      return { type: 'registrationFailed', failure: { ...told, adobeStatus } };
    }
    case 'requestToken':
      return await requestToken(effect, subject, parts);
  }
}

async function requestToken(
  { credentials, isTrial }: Extract<PendingEffect, { readonly type: 'requestToken' }>,
  subject: EffectSubject,
  { calls, replacements }: EffectParts,
): Promise<Answer<'tokenIssued' | 'tokenFailed'>> {
  const { tag, caller, known } = subject;
  if (caller === null)
    return { type: 'tokenFailed', failure: failure('closed', 'nobody has asked for a token') };
  // From here on the token lives, by the clock of this work: that of the system may step while the call is made.
  const requestedAt = subject.now();
  const ask = async (): Promise<Answer<'tokenIssued' | 'tokenFailed'>> => {
    const answer = await calls.requestToken(caller, credentials);
    return answer.type === 'tokenIssued' ? { ...answer, requestedAt } : answer;
  };
  if (isTrial) return await ask();
  const pair = askedPair(tag, credentials);
  const hasUsableToken = (): boolean => known.token !== null && subject.now() < known.token.expiresAt;
  const refused = await replacements.mayAsk(pair, hasUsableToken());
  if (refused !== null) return { type: 'tokenFailed', failure: refused };
  const answer = await ask();
  if (answer.type === 'tokenIssued') replacements.issued(pair);
  else if (answer.failure.code === 'client_credentials_rejected' && hasUsableToken())
    replacements.refusedHarmlessly(pair);
  return answer;
}

export function askedPair(tag: string, { clientId, registeredAt }: ClientCredentials): AskedPair {
  return { tag, clientId, registeredAt };
}

/** Waits for a place to register the device, or says why there is none. */
async function queue(subject: EffectSubject, { admissions }: EffectParts): Promise<Failure | null> {
  const place = await admissions.queue(subject.caller?.address, subject.unwanted);
  if ('code' in place) return place;
  subject.place = place;
  return null;
}

async function admit(
  subject: EffectSubject,
  parts: EffectParts,
  ephemeral = false,
): Promise<Admission | Failure | { readonly heldOff: Failure }> {
  const { admissions, recovery } = parts;
  const { tag, beside, unwanted } = subject;
  const refused = subject.place === null ? await queue(subject, parts) : null;
  if (refused !== null) return refused;
  // Nothing will be stored that could take the place of what others put back.
  if (ephemeral) return await admissions.admit(unwanted, true);
  const before = (await beside) ?? recovery.heldOffNow(tag);
  if (before !== null) return { heldOff: before };
  const admitted = await admissions.admit(unwanted);
  if ('code' in admitted) return admitted;
  // The admission may have found that the cache is empty.
  const after = await recovery.heldOff(tag);
  if (after === null) return admitted;
  admitted.end();
  return { heldOff: after };
}
