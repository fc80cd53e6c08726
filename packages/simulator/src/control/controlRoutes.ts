import { isEndpointName } from '../ground/endpointName.js';
import { parseFault } from '../faults/parseFault.js';
import type { LedgerFilter, LedgerStatus } from '../ledger/ledger.js';
import { resetWorld } from '../verbs/resetWorld.js';
import { revoke, restore, type RevocationTarget } from '../verbs/revocation.js';
import { signIn, signOut } from '../verbs/signIn.js';
import { invalidArgument, SimulatorError } from '../ground/simulatorError.js';
import type { World } from '../world.js';
import { members, number, optionalNumber, optionalText, text, type Members } from '../ground/input.js';

type ControlRoute = (input: Members, world: World) => unknown;

const maxWaitMs = 60_000;

/** Below `/__simulator/`. GET takes its input from the query, as text; POST from the JSON body. */
export const readRoutes: Readonly<Record<string, ControlRoute>> = {
  health: (_input, { clock }) => ({ status: 'ok', nowMs: clock.now() }),
  clock: (query, { clock, closing }) => {
    if (query['after'] === undefined) return clock.reading();
    const waitMs = Math.min(maxWaitMs, numeric(query, 'waitMs', 0));
    return clock.changed(numeric(query, 'after', 0), { waitMs, signal: closing.signal });
  },
  ledger: (query, { ledger }) => ({ mark: ledger.mark(), entries: ledger.entries(parseLedgerFilter(query)) }),
  'ledger/count': (query, { ledger }) => ({
    mark: ledger.mark(),
    count: ledger.count(parseLedgerFilter(query)),
  }),
  clients: (query, { clients }) => {
    const application = optionalText(query, 'application');
    const device = optionalText(query, 'device');
    const forwardedFor = optionalText(query, 'forwardedFor');
    return {
      clients: clients.list({
        ...(application && { application }),
        ...(device && { device }),
        ...(forwardedFor && { forwardedFor }),
      }),
    };
  },
  faults: (_query, { faults }) => ({ faults: faults.list() }),
  'faults/used': (query, { faults }) => ({ used: faults.used(text(query, 'id')) ?? 0 }),
};

export const changeRoutes: Readonly<Record<string, ControlRoute>> = {
  clock: (input, { clock }) => {
    const advanceMs = optionalNumber(input, 'advanceMs');
    const nowMs = optionalNumber(input, 'nowMs');
    if (advanceMs !== undefined && nowMs === undefined) clock.advance(advanceMs);
    else if (nowMs !== undefined && advanceMs === undefined) clock.set(nowMs);
    else throw new SimulatorError('invalid_argument', 'give one of advanceMs and nowMs');
    return clock.reading();
  },
  'ledger/clear': (_input, { ledger }) => {
    ledger.clear();
    return { mark: ledger.mark() };
  },
  faults: (input, { faults }) => ({ id: faults.add(parseFault(input)).id }),
  'faults/remove': (input, { faults }) => {
    faults.remove(text(input, 'id'));
    return {};
  },
  'faults/clear': (_input, { faults }) => {
    faults.clear();
    return {};
  },
  revocations: (input, world) => revoke(world, parseTarget(input)),
  restorations: (input, world) => restore(world, parseTarget(input)),
  statements: (input, { statements, clock }) => ({
    softwareStatement: statements.issue(text(input, 'application'), clock.now()),
  }),
  'sign-in': (input, world) => {
    const { clientId } = signIn(world, {
      ...parseOwner(input),
      mvpd: text(input, 'mvpd'),
      ...(input['attributes'] === undefined
        ? {}
        : { attributes: members('attributes', input['attributes']) }),
      ...(input['lifeSeconds'] === undefined ? {} : { lifeSeconds: number(input, 'lifeSeconds') }),
    });
    return { clientId: clientId ?? null };
  },
  'sign-out': (input, world) => {
    const mvpd = optionalText(input, 'mvpd');
    return { removed: signOut(world, { ...parseOwner(input), ...(mvpd === undefined ? {} : { mvpd }) }) };
  },
  reset: (_input, world) => {
    resetWorld(world);
    return {};
  },
};

function parseOwner(input: Members): {
  readonly deviceIdentifier: string | Uint8Array;
  readonly serviceProvider: string;
  readonly clientId?: string;
} {
  const clientId = optionalText(input, 'clientId');
  const base64 = optionalText(input, 'deviceIdentifierBase64');
  return {
    deviceIdentifier: base64 === undefined ? text(input, 'deviceIdentifier') : Buffer.from(base64, 'base64'),
    serviceProvider: text(input, 'serviceProvider'),
    ...(clientId === undefined ? {} : { clientId }),
  };
}

function parseTarget(input: Members): RevocationTarget {
  const [name, ...others] = Object.keys(input);
  switch (others.length === 0 ? (name ?? '') : '') {
    case 'token':
      return { token: text(input, 'token') };
    case 'clientId':
      return { clientId: text(input, 'clientId') };
    case 'statement':
      return { statement: text(input, 'statement') };
    case 'application':
      return { application: text(input, 'application') };
    case 'tokensOf': {
      const owner = members('tokensOf', input['tokensOf']);
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

function parseLedgerFilter(query: Members): LedgerFilter {
  const filter: { -readonly [K in keyof LedgerFilter]: LedgerFilter[K] } = {};
  const { endpoint, status, throttled, since } = query;
  if (endpoint !== undefined) {
    if (!isEndpointName(endpoint)) throw invalidArgument('endpoint', 'the name of an endpoint', endpoint);
    filter.endpoint = endpoint;
  }
  for (const name of ['device', 'clientId', 'forwardedFor', 'serviceProvider'] as const) {
    const value = optionalText(query, name);
    if (value !== undefined) filter[name] = value;
  }
  if (status !== undefined) filter.status = parseStatus(status);
  if (throttled !== undefined) filter.throttled = throttled === 'true';
  if (since !== undefined) filter.since = numeric(query, 'since', 0);
  return filter;
}

function parseStatus(status: unknown): LedgerStatus {
  if (status === 'pending' || status === 'dropped' || status === 'aborted') return status;
  if (typeof status === 'string' && /^\d{3}$/.test(status)) return Number(status);
  throw invalidArgument('status', 'an HTTP status, pending, dropped or aborted', status);
}

function numeric(query: Members, name: string, fallback: number): number {
  const value = query[name] === undefined || query[name] === '' ? fallback : Number(query[name]);
  if (!Number.isFinite(value)) throw invalidArgument(name, 'a number', query[name]);
  return value;
}
