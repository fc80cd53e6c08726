import type { Mvpd, Viewer } from '../scenario/scenario.js';
import type { Session } from '../state/sessions.js';
import type { World } from '../world.js';
import { signedInProfile } from './signedInProfile.js';

/** The viewer has convinced the MVPD: the device that made the code has a profile, and so has whoever shares its sign-ins. */
export function completeSignIn(world: World, session: Session, mvpd: Mvpd, viewer: Viewer): void {
  const { code, owner, subjects } = session;
  const profile = signedInProfile(mvpd, viewer, owner.device, world.clock.now());
  world.profiles.add(owner, profile);
  world.singleSignOn.share(subjects, owner, profile);
  world.sessions.complete(code);
}
