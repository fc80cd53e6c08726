import type { ErrorCode } from '../../ground/errorCatalogue.js';
import {
  ratings,
  type Mvpd,
  type Rating,
  type ServiceProvider,
  type Viewer,
} from '../../scenario/scenario.js';
import type { ActiveDegradation } from '../../state/degradations.js';
import { codeOfTrial, type Standing } from '../standing.js';
import { channelOf } from './channelOf.js';

export type AccessQuestionKind = 'preauthorize' | 'authorize';

export type ResourceVerdict =
  | {
      readonly kind: 'permitted';
      readonly source: 'mvpd' | 'degradation' | 'temppass';
      /** Epoch milliseconds until which the decision holds; undefined: not said. */
      readonly notAfter: number | undefined;
    }
  | {
      readonly kind: 'denied';
      readonly source: 'mvpd' | 'degradation' | 'temppass';
      readonly code: ErrorCode;
      readonly details?: string;
    }
  /** Not gated by any MVPD: a preauthorization says nothing of it. */
  | { readonly kind: 'leftOut' };

export interface ResourceQuestion {
  readonly asks: AccessQuestionKind;
  readonly resource: string;
  readonly serviceProvider: ServiceProvider;
  readonly mvpd: Mvpd;
  /** With this very resource in mind, as a TempPass counts them. */
  readonly standing: Standing;
  /** Of AuthZAll or AuthZNone, if one is on. */
  readonly degradation: ActiveDegradation | undefined;
  readonly now: number;
}

const dayMs = 86_400_000;

/** May this be watched: degradation first, then temporary access, the sign-in, and at last what the MVPD says. */
export function decideAccessTo(question: ResourceQuestion): ResourceVerdict {
  const { asks, resource, serviceProvider, mvpd, standing, degradation, now } = question;
  if (degradation?.rule === 'AuthZNone')
    return {
      kind: 'denied',
      source: 'degradation',
      code: 'authorization_denied_by_degradation_rule',
      ...(degradation.message === undefined ? {} : { details: degradation.message }),
    };
  switch (standing.kind) {
    case 'degraded':
      return {
        kind: 'permitted',
        source: 'degradation',
        notAfter: standing.degradation.notAfter ?? now + dayMs,
      };
    case 'trial':
      return standing.trial.kind === 'open'
        ? { kind: 'permitted', source: 'temppass', notAfter: standing.trial.notAfter }
        : { kind: 'denied', source: 'temppass', code: codeOfTrial(standing.trial.kind) };
    case 'signedOut':
      return { kind: 'denied', source: 'mvpd', code: standing.code };
    case 'signedIn': {
      // The decision window is not said then: so it is in Adobe's samples.
      if (degradation?.rule === 'AuthZAll')
        return { kind: 'permitted', source: 'degradation', notAfter: undefined };
      const viewer = mvpd.viewers.find(({ name }) => name === standing.profile.viewer);
      const about = serviceProvider.resources.get(channelOf(resource));
      if (about?.free === true && asks === 'preauthorize') return { kind: 'leftOut' };
      const scripted = viewer?.decision ?? mvpd.decision ?? about?.decision;
      if (scripted !== undefined) return denied(asks, scripted, mvpd);
      if (isAbove(about?.rating, viewer?.maxRating))
        return denied(asks, 'authorization_denied_by_parental_controls', mvpd);
      const entitlements = viewer?.entitlements ?? mvpd.entitlements;
      if (about?.free !== true && entitlements !== undefined && !entitlements.includes(channelOf(resource)))
        return denied(asks, 'authorization_denied_by_mvpd', mvpd);
      return { kind: 'permitted', source: 'mvpd', notAfter: now + mvpd.authorizationLifeSeconds * 1000 };
    }
  }
}

/** A plain denial has a name of its own in each of the two calls, and words of the MVPD for the viewer. */
function denied(asks: AccessQuestionKind, code: ErrorCode, { displayName }: Mvpd): ResourceVerdict {
  const isPlain = code === 'authorization_denied_by_mvpd' || code === 'preauthorization_denied_by_mvpd';
  const details = detailsOf(code, displayName);
  return {
    kind: 'denied',
    source: 'mvpd',
    code: isPlain
      ? asks === 'authorize'
        ? 'authorization_denied_by_mvpd'
        : 'preauthorization_denied_by_mvpd'
      : code,
    ...(details === undefined ? {} : { details }),
  };
}

function detailsOf(code: ErrorCode, displayName: string): string | undefined {
  if (code.endsWith('authorization_denied_by_mvpd'))
    return `This is not in your ${displayName} package. Call ${displayName} to add it.`;
  if (code === 'authorization_denied_by_parental_controls')
    return `The parental controls of your ${displayName} account do not allow this.`;
  return undefined;
}

function isAbove(rating: Rating | undefined, max: Viewer['maxRating']): boolean {
  return rating !== undefined && max !== undefined && ratings.indexOf(rating) > ratings.indexOf(max);
}
