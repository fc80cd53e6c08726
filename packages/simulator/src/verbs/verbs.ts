import type { Fault } from '../faults/fault.js';
import { parseFault } from '../faults/parseFault.js';
import { text, type Members } from '../ground/input.js';
import { invalidArgument } from '../ground/simulatorError.js';
import { degrade, endDegradation } from './degrade.js';
import { issueIdentityToken, partnerResponse, publicKey } from './identity.js';
import { logIn } from './logIn.js';
import { resetWorld } from './resetWorld.js';
import { restore, revoke } from './revocation.js';
import {
  sentApplication,
  sentClientFilter,
  sentClockMove,
  sentClockQuery,
  sentLedgerFilter,
  sentSignIn,
  sentSignOut,
  sentTarget,
} from './sent.js';
import {
  sentDegradation,
  sentDegradationTarget,
  sentIdentityTokenRequest,
  sentLogIn,
  sentPartnerResponseRequest,
  sentSessionFilter,
  sentTemporaryAccessReset,
} from './sentViewing.js';
import type { RemoteClock, RemoteLedger, SimulatorConnection } from './SimulatorConnection.js';
import type { SimulatorVerbs } from './SimulatorVerbs.js';
import { signIn, signOut, type SignIn, type SignOut } from './signIn.js';
import { resetTemporaryAccess, type TemporaryAccessReset } from './temporaryAccess.js';
import {
  asIs,
  get,
  post,
  remoteVerb,
  verb,
  type ControlRoute,
  type RemoteVerbsOf,
  type VerbsOf,
} from './verb.js';

const maxWaitMs = 60_000;

/** What a fault's handle does: a handle itself cannot travel. */
interface FaultVerbs {
  readonly add: (fault: Fault) => Promise<string>;
  readonly used: (id: string) => Promise<number>;
  readonly remove: (id: string) => Promise<void>;
}

interface VerbTable {
  readonly simulator: VerbsOf<SimulatorVerbs>;
  readonly clock: RemoteVerbsOf<RemoteClock>;
  readonly ledger: RemoteVerbsOf<RemoteLedger>;
  readonly fault: RemoteVerbsOf<FaultVerbs>;
  readonly connection: RemoteVerbsOf<Pick<SimulatorConnection, 'health'>>;
}

const none = (): object => ({});
const done = (): void => undefined;
const idOf = (sent: Members): { readonly id: string } => ({ id: text(sent, 'id') });

const routes = {
  health: get('health', none, ({ clock }) => ({ status: 'ok', nowMs: clock.now() })),
  readClock: get('clock', sentClockQuery, ({ clock, closing: { signal } }, { after, waitMs = 0 }) =>
    after === undefined
      ? clock.reading()
      : clock.changed(after, { waitMs: Math.min(maxWaitMs, waitMs), signal }),
  ),
  moveClock: post('clock', sentClockMove, ({ clock }, move) => {
    if ('advanceMs' in move) clock.advance(move.advanceMs);
    else clock.set(move.nowMs);
    return clock.reading();
  }),
  ledger: get('ledger', sentLedgerFilter, ({ ledger }, filter) => ({
    mark: ledger.mark(),
    entries: ledger.entries(filter),
  })),
  ledgerCount: get('ledger/count', sentLedgerFilter, ({ ledger }, filter) => ({
    mark: ledger.mark(),
    count: ledger.count(filter),
  })),
  clearLedger: post('ledger/clear', none, ({ ledger }) => {
    ledger.clear();
    return { mark: ledger.mark() };
  }),
  clients: get('clients', sentClientFilter, ({ clients }, filter) => ({ clients: clients.list(filter) })),
  faults: get('faults', none, ({ faults }) => ({ faults: faults.list() })),
  addFault: post('faults', parseFault, ({ faults }, fault) => ({ id: faults.add(fault).id }), portable),
  faultUsed: get('faults/used', idOf, ({ faults }, { id }) => ({ used: faults.used(id) ?? 0 })),
  removeFault: post('faults/remove', idOf, ({ faults }, { id }) => {
    faults.remove(id);
    return {};
  }),
  clearFaults: post('faults/clear', none, ({ faults }) => {
    faults.clear();
    return {};
  }),
  revocations: post('revocations', sentTarget, revoke),
  restorations: post('restorations', sentTarget, restore),
  statements: post('statements', sentApplication, ({ statements, clock }, { application }) => ({
    softwareStatement: statements.issue(application, clock.now()),
  })),
  signIn: post(
    'sign-in',
    sentSignIn,
    (world, request) => ({ clientId: signIn(world, request).clientId ?? null }),
    withDevice,
  ),
  signOut: post(
    'sign-out',
    sentSignOut,
    (world, request) => ({ removed: signOut(world, request) }),
    withDevice,
  ),
  sessions: get('sessions', sentSessionFilter, ({ sessions }, filter) => ({
    sessions: sessions.list(filter),
  })),
  logIn: post('log-in', sentLogIn, (world, request) => {
    logIn(world, request);
    return {};
  }),
  degrade: post('degradations', sentDegradation, (world, degradation) => {
    degrade(world, degradation);
    return {};
  }),
  endDegradation: post('degradations/end', sentDegradationTarget, (world, target) => ({
    ended: endDegradation(world, target),
  })),
  resetTemporaryAccess: post(
    'temporary-access/reset',
    sentTemporaryAccessReset,
    (world, request) => ({ reset: resetTemporaryAccess(world, request) }),
    withDevice,
  ),
  identityToken: post('identity-tokens', sentIdentityTokenRequest, (world, request) => ({
    identityToken: issueIdentityToken(world, request),
  })),
  partnerResponse: post('partner-responses', sentPartnerResponseRequest, (world, request) => ({
    samlResponse: partnerResponse(world, request),
  })),
  publicKey: get('public-key', none, (world) => ({ publicKey: publicKey(world) })),
  reset: post('reset', none, (world) => {
    resetWorld(world);
    return {};
  }),
};

/**
 * All that can be asked of a running simulator: what `createSimulator` returns, the control API and what `connectSimulator`
 * returns are made of it. A new verb is its signature in `SimulatorVerbs` and a line here, with its route: a signature
 * without a line does not compile, nor does a line of other types.
 */
export const verbs: VerbTable = {
  simulator: {
    issueSoftwareStatement: verb(routes.statements, asIs, ({ softwareStatement }) => softwareStatement),
    signIn: verb(routes.signIn, asIs, ({ clientId }) => ({ clientId: clientId ?? undefined })),
    signOut: verb(routes.signOut, asIs, ({ removed }) => removed),
    sessions: verb(
      routes.sessions,
      (filter = {}) => filter,
      ({ sessions }) => sessions,
    ),
    logIn: verb(routes.logIn, asIs, done),
    degrade: verb(routes.degrade, asIs, done),
    endDegradation: verb(routes.endDegradation, asIs, ({ ended }) => ended),
    resetTemporaryAccess: verb(routes.resetTemporaryAccess, asIs, ({ reset }) => reset),
    issueIdentityToken: verb(routes.identityToken, asIs, ({ identityToken }) => identityToken),
    partnerResponse: verb(routes.partnerResponse, asIs, ({ samlResponse }) => samlResponse),
    publicKey: verb(routes.publicKey, none, (answer) => answer.publicKey),
    faults: verb(routes.faults, none, ({ faults }) => faults),
    clearFaults: verb(routes.clearFaults, none, done),
    revokeToken: verb(routes.revocations, (token) => ({ token }), done),
    restoreToken: verb(routes.restorations, (token) => ({ token }), done),
    revokeTokensOf: verb(routes.revocations, (tokensOf) => ({ tokensOf }), asIs),
    revokeClient: verb(routes.revocations, (clientId) => ({ clientId }), done),
    restoreClient: verb(routes.restorations, (clientId) => ({ clientId }), done),
    revokeStatement: verb(routes.revocations, asIs, done),
    restoreStatement: verb(routes.restorations, asIs, done),
    clients: verb(
      routes.clients,
      (filter = {}) => filter,
      ({ clients }) => clients,
    ),
    reset: verb(routes.reset, none, done),
  },
  clock: {
    reading: remoteVerb(routes.readClock, none, asIs),
    advance: remoteVerb(routes.moveClock, (advanceMs) => ({ advanceMs }), asIs),
    set: remoteVerb(routes.moveClock, (nowMs) => ({ nowMs }), asIs),
    changed: remoteVerb(
      routes.readClock,
      (after, { waitMs }) => ({ after, waitMs }),
      asIs,
      (_after, { signal }) => signal,
    ),
  },
  ledger: {
    entries: remoteVerb(
      routes.ledger,
      (filter = {}) => filter,
      ({ entries }) => entries,
    ),
    count: remoteVerb(
      routes.ledgerCount,
      (filter = {}) => filter,
      ({ count }) => count,
    ),
    mark: remoteVerb(routes.ledgerCount, none, ({ mark }) => mark),
    clear: remoteVerb(routes.clearLedger, none, done),
  },
  fault: {
    add: remoteVerb(routes.addFault, asIs, ({ id }) => id),
    used: remoteVerb(
      routes.faultUsed,
      (id) => ({ id }),
      ({ used }) => used,
    ),
    remove: remoteVerb(routes.removeFault, (id) => ({ id }), done),
  },
  connection: { health: remoteVerb(routes.health, none, done) },
};

export const controlRoutes: readonly ControlRoute[] = Object.values(routes);

/** JSON has neither functions nor Infinity. */
function portable(fault: Fault): object {
  for (const name of ['delayMs', 'answerDelayMs'] as const) {
    if (typeof fault.effect[name] === 'function')
      throw invalidArgument(
        name,
        'a number or a list of numbers, to travel to another process',
        fault.effect[name],
      );
  }
  return fault.count === Infinity ? { ...fault, count: 'unlimited' } : fault;
}

function withDevice({ deviceIdentifier, ...rest }: SignIn | SignOut | TemporaryAccessReset): object {
  return typeof deviceIdentifier === 'string' || deviceIdentifier === undefined
    ? { ...rest, deviceIdentifier }
    : { ...rest, deviceIdentifierBase64: Buffer.from(deviceIdentifier).toString('base64') };
}
