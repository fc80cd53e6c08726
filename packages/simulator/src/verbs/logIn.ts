import { invalidArgument, SimulatorError } from '../ground/simulatorError.js';
import { completeSignIn } from '../login/completeSignIn.js';
import { isOpen } from '../state/sessions.js';
import type { World } from '../world.js';

export interface LogIn {
  readonly code: string;
  /** An account of the MVPD that the session names. Default `viewer`. */
  readonly viewer?: string;
}

export function logIn(world: World, { code, viewer: name = 'viewer' }: LogIn): void {
  const session = world.sessions.find(code);
  if (session === undefined || !isOpen(session, world.clock.now()))
    throw new SimulatorError('invalid_argument', `no open session has the code ${JSON.stringify(code)}`);
  const { mvpd: id } = session.parameters;
  const mvpd = world.scenario.serviceProviders
    .get(session.owner.serviceProvider)
    ?.mvpds.find((candidate) => candidate.id === id);
  if (mvpd === undefined)
    throw new SimulatorError('invalid_argument', `the session of ${JSON.stringify(code)} names no MVPD yet`);
  const viewer = mvpd.viewers.find((candidate) => candidate.name === name);
  if (viewer === undefined)
    throw invalidArgument('viewer', `one of ${mvpd.viewers.map((each) => each.name).join(', ')}`, name);
  completeSignIn(world, session, mvpd, viewer);
}
