import { setMaxListeners } from 'node:events';
import { createVirtualClock, type VirtualClock } from './clock/virtualClock.js';
import { FaultBook } from './faults/faultBook.js';
import { RequestLedger } from './ledger/ledger.js';
import type { ResolvedOptions } from './options.js';
import type { Scenario } from './scenario/scenario.js';
import { Clients } from './state/clients.js';
import { Degradations } from './state/degradations.js';
import { LogoutTickets } from './state/logoutTickets.js';
import { Profiles } from './state/profiles.js';
import { Sessions } from './state/sessions.js';
import { SingleSignOn } from './state/singleSignOn.js';
import { Statements } from './state/statements.js';
import { TemporaryAccess } from './state/temporaryAccess.js';
import { Tokens } from './state/tokens.js';
import { ThrottleBook } from './throttle/throttleBook.js';

/** Everything one simulator knows. Nothing of it is shared with another simulator of the same process. */
export interface World {
  readonly options: ResolvedOptions;
  readonly scenario: Scenario;
  readonly clock: VirtualClock;
  readonly statements: Statements;
  readonly clients: Clients;
  readonly tokens: Tokens;
  readonly sessions: Sessions;
  readonly profiles: Profiles;
  readonly singleSignOn: SingleSignOn;
  readonly temporaryAccess: TemporaryAccess;
  readonly degradations: Degradations;
  readonly logoutTickets: LogoutTickets;
  readonly throttle: ThrottleBook;
  readonly faults: FaultBook;
  readonly ledger: RequestLedger;
  /** Aborted by `close()`: ends delays and long polls. */
  readonly closing: AbortController;
}

export function createWorld(options: ResolvedOptions): World {
  const { scenario, signingKey } = options;
  return {
    options,
    scenario,
    clock: createVirtualClock(options.clock),
    statements: new Statements(signingKey, scenario, options.acceptForeignStatements),
    clients: new Clients(),
    tokens: new Tokens(signingKey, options.accessTokenLifeSeconds),
    sessions: new Sessions(),
    profiles: new Profiles(),
    singleSignOn: new SingleSignOn(),
    temporaryAccess: new TemporaryAccess(),
    degradations: new Degradations(),
    logoutTickets: new LogoutTickets(),
    throttle: new ThrottleBook(options.throttleBurst),
    faults: new FaultBook(),
    ledger: new RequestLedger(options.ledgerCapacity),
    closing: closingController(),
  };
}

/** Every late answer listens to it, and there may be any number of them. */
function closingController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
