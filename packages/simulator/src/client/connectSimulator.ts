import type { ClockReading } from '../clock/virtualClock.js';
import type { Fault, FaultSummary } from '../faults/fault.js';
import type { LedgerEntry, LedgerFilter } from '../ledger/ledger.js';
import type { Revoked, TokenOwner } from '../verbs/revocation.js';
import type { SignedIn, SignIn, SignOut } from '../verbs/signIn.js';
import { invalidArgument } from '../ground/simulatorError.js';
import type { ClientFilter, ClientSummary } from '../state/clients.js';
import type { StatementTarget } from '../state/statements.js';
import { createControlTransport, type ConnectOptions, type ControlTransport } from './controlTransport.js';

/** The verbs of a `Simulator`, for tests and tools in another process. All can also throw `control_unreachable` and `control_refused`. */
export interface SimulatorConnection {
  readonly url: string;
  readonly clock: RemoteClock;
  readonly ledger: RemoteLedger;
  /** Rejects unless the simulator answers. */
  health(): Promise<void>;
  issueSoftwareStatement(request: { readonly application: string }): Promise<string>;
  signIn(request: SignIn): Promise<SignedIn>;
  signOut(request: SignOut): Promise<number>;
  /** Delays are numbers or lists of numbers; a function cannot travel and throws `invalid_argument`. */
  fault(fault: Fault): Promise<RemoteFaultHandle>;
  faults(): Promise<FaultSummary[]>;
  clearFaults(): Promise<void>;
  revokeToken(accessToken: string): Promise<void>;
  restoreToken(accessToken: string): Promise<void>;
  revokeTokensOf(owner: TokenOwner): Promise<Revoked>;
  revokeClient(clientId: string): Promise<void>;
  restoreClient(clientId: string): Promise<void>;
  revokeStatement(target: StatementTarget): Promise<void>;
  restoreStatement(target: StatementTarget): Promise<void>;
  clients(filter?: ClientFilter): Promise<ClientSummary[]>;
  reset(): Promise<void>;
}

export interface RemoteClock {
  reading(): Promise<ClockReading>;
  advance(byMs: number): Promise<ClockReading>;
  set(epochMs: number): Promise<ClockReading>;
  /**
   * Resolves as soon as the revision is above `afterRevision`, at the latest after `waitMs` (at most 60 000).
   * A follower keeps `offsetMs` and asks again with the `revision` it got.
   */
  changed(
    afterRevision: number,
    options: { readonly waitMs: number; readonly signal?: AbortSignal },
  ): Promise<ClockReading>;
}

export interface RemoteLedger {
  entries(filter?: LedgerFilter): Promise<LedgerEntry[]>;
  count(filter?: LedgerFilter): Promise<number>;
  mark(): Promise<number>;
  clear(): Promise<void>;
}

export interface RemoteFaultHandle {
  readonly id: string;
  used(): Promise<number>;
  remove(): Promise<void>;
}

/**
 * Talks to the control API of a running simulator. Nothing is sent before the first verb.
 *
 * @example
 * const simulator = connectSimulator('http://127.0.0.1:8089');
 * await simulator.clock.advance(6 * 60 * 60 * 1000);
 */
export function connectSimulator(url: string, options: ConnectOptions = {}): SimulatorConnection {
  const control = createControlTransport(url, options);
  const change = async (route: string, input: object): Promise<void> => {
    await control.post(route, input);
  };
  return {
    url: control.url,
    clock: remoteClock(control),
    ledger: remoteLedger(control),
    health: async () => {
      await control.get('health', {});
    },
    issueSoftwareStatement: async (request) =>
      (await control.post<{ softwareStatement: string }>('statements', request)).softwareStatement,
    signIn: async (request) => ({
      clientId:
        (await control.post<{ clientId: string | null }>('sign-in', withDevice(request))).clientId ??
        undefined,
    }),
    signOut: async (request) =>
      (await control.post<{ removed: number }>('sign-out', withDevice(request))).removed,
    fault: async (fault) =>
      remoteFault(control, (await control.post<{ id: string }>('faults', portable(fault))).id),
    faults: async () => (await control.get<{ faults: FaultSummary[] }>('faults', {})).faults,
    clearFaults: () => change('faults/clear', {}),
    revokeToken: (token) => change('revocations', { token }),
    restoreToken: (token) => change('restorations', { token }),
    revokeTokensOf: (owner) => control.post('revocations', { tokensOf: owner }),
    revokeClient: (clientId) => change('revocations', { clientId }),
    restoreClient: (clientId) => change('restorations', { clientId }),
    revokeStatement: (target) => change('revocations', target),
    restoreStatement: (target) => change('restorations', target),
    clients: async (filter) =>
      (await control.get<{ clients: ClientSummary[] }>('clients', { ...filter })).clients,
    reset: () => change('reset', {}),
  };
}

function remoteClock(control: ControlTransport): RemoteClock {
  return {
    reading: () => control.get('clock', {}),
    advance: (advanceMs) => control.post('clock', { advanceMs }),
    set: (nowMs) => control.post('clock', { nowMs }),
    changed: (after, { waitMs, signal }) => control.get('clock', { after, waitMs }, signal),
  };
}

function remoteLedger(control: ControlTransport): RemoteLedger {
  return {
    entries: async (filter) =>
      (await control.get<{ entries: LedgerEntry[] }>('ledger', { ...filter })).entries,
    count: async (filter) => (await control.get<{ count: number }>('ledger/count', { ...filter })).count,
    mark: async () => (await control.get<{ mark: number }>('ledger/count', {})).mark,
    clear: async () => {
      await control.post('ledger/clear', {});
    },
  };
}

function remoteFault(control: ControlTransport, id: string): RemoteFaultHandle {
  return {
    id,
    used: async () => (await control.get<{ used: number }>('faults/used', { id })).used,
    remove: async () => {
      await control.post('faults/remove', { id });
    },
  };
}

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

function withDevice({ deviceIdentifier, ...rest }: SignIn | SignOut): object {
  return typeof deviceIdentifier === 'string'
    ? { ...rest, deviceIdentifier }
    : { ...rest, deviceIdentifierBase64: Buffer.from(deviceIdentifier).toString('base64') };
}
