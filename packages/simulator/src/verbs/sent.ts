import { isEndpointName } from '../ground/endpointName.js';
import { members, number, optionalNumber, optionalText, text, type Members } from '../ground/input.js';
import { invalidArgument, SimulatorError } from '../ground/simulatorError.js';
import type { LedgerFilter, LedgerStatus } from '../ledger/ledger.js';
import type { ClientFilter } from '../state/clients.js';
import type { RevocationTarget } from './revocation.js';
import type { SignIn, SignOut } from './signIn.js';

// What the control API is sent, as what the verbs take.

export function sentSignIn(sent: Members): SignIn {
  return {
    ...sentOwner(sent),
    mvpd: text(sent, 'mvpd'),
    ...(sent['viewer'] === undefined ? {} : { viewer: text(sent, 'viewer') }),
    ...(sent['attributes'] === undefined ? {} : { attributes: members('attributes', sent['attributes']) }),
    ...(sent['lifeSeconds'] === undefined ? {} : { lifeSeconds: number(sent, 'lifeSeconds') }),
  };
}

export function sentSignOut(sent: Members): SignOut {
  const mvpd = optionalText(sent, 'mvpd');
  return {
    ...sentOwner(sent),
    ...(mvpd === undefined ? {} : { mvpd }),
    ...(sent['isInvalidation'] === true ? { isInvalidation: true } : {}),
  };
}

function sentOwner(sent: Members): Pick<SignIn, 'deviceIdentifier' | 'serviceProvider' | 'clientId'> {
  const clientId = optionalText(sent, 'clientId');
  const base64 = optionalText(sent, 'deviceIdentifierBase64');
  return {
    deviceIdentifier: base64 === undefined ? text(sent, 'deviceIdentifier') : Buffer.from(base64, 'base64'),
    serviceProvider: text(sent, 'serviceProvider'),
    ...(clientId === undefined ? {} : { clientId }),
  };
}

export function sentApplication(sent: Members): { readonly application: string } {
  return { application: text(sent, 'application') };
}

/** Without `after`: what the clock shows now. */
export function sentClockQuery(sent: Members): { readonly after?: number; readonly waitMs?: number } {
  if (sent['after'] === undefined) return {};
  return { waitMs: numeric(sent, 'waitMs', 0), after: numeric(sent, 'after', 0) };
}

export function sentClockMove(sent: Members): { readonly advanceMs: number } | { readonly nowMs: number } {
  const advanceMs = optionalNumber(sent, 'advanceMs');
  const nowMs = optionalNumber(sent, 'nowMs');
  if (advanceMs !== undefined && nowMs === undefined) return { advanceMs };
  if (nowMs !== undefined && advanceMs === undefined) return { nowMs };
  throw new SimulatorError('invalid_argument', 'give one of advanceMs and nowMs');
}

export function sentClientFilter(sent: Members): ClientFilter {
  const application = optionalText(sent, 'application');
  const device = optionalText(sent, 'device');
  const forwardedFor = optionalText(sent, 'forwardedFor');
  return {
    ...(application && { application }),
    ...(device && { device }),
    ...(forwardedFor && { forwardedFor }),
  };
}

export function sentTarget(sent: Members): RevocationTarget {
  const [name, ...others] = Object.keys(sent);
  switch (others.length === 0 ? (name ?? '') : '') {
    case 'token':
      return { token: text(sent, 'token') };
    case 'clientId':
      return { clientId: text(sent, 'clientId') };
    case 'statement':
      return { statement: text(sent, 'statement') };
    case 'application':
      return { application: text(sent, 'application') };
    case 'tokensOf': {
      const owner = members('tokensOf', sent['tokensOf']);
      return {
        tokensOf:
          owner['device'] === undefined
            ? { clientId: text(owner, 'clientId') }
            : { device: text(owner, 'device') },
      };
    }
    default:
      throw new SimulatorError(
        'invalid_argument',
        'give exactly one of token, tokensOf, clientId, statement and application',
      );
  }
}

export function sentLedgerFilter(sent: Members): LedgerFilter {
  const filter: { -readonly [K in keyof LedgerFilter]: LedgerFilter[K] } = {};
  const { endpoint, status, throttled, since } = sent;
  if (endpoint !== undefined) {
    if (!isEndpointName(endpoint)) throw invalidArgument('endpoint', 'the name of an endpoint', endpoint);
    filter.endpoint = endpoint;
  }
  for (const name of ['device', 'clientId', 'forwardedFor', 'serviceProvider'] as const) {
    const value = optionalText(sent, name);
    if (value !== undefined) filter[name] = value;
  }
  if (status !== undefined) filter.status = statusOf(status);
  if (throttled !== undefined) filter.throttled = throttled === 'true';
  if (since !== undefined) filter.since = numeric(sent, 'since', 0);
  return filter;
}

function statusOf(status: unknown): LedgerStatus {
  if (status === 'pending' || status === 'dropped' || status === 'aborted') return status;
  if (typeof status === 'string' && /^\d{3}$/.test(status)) return Number(status);
  throw invalidArgument('status', 'an HTTP status, pending, dropped or aborted', status);
}

function numeric(sent: Members, name: string, fallback: number): number {
  const value = sent[name] === undefined || sent[name] === '' ? fallback : Number(sent[name]);
  if (!Number.isFinite(value)) throw invalidArgument(name, 'a number', sent[name]);
  return value;
}
