import { deviceName } from '../ground/deviceIdentifier.js';
import { digest } from '../crypto/fingerprint.js';
import { SimulatorError } from '../ground/simulatorError.js';
import type { Profile } from '../state/profiles.js';
import type { World } from '../world.js';

export interface SignIn {
  /** The raw identifier, not the header. */
  readonly deviceIdentifier: string | Uint8Array;
  readonly serviceProvider: string;
  readonly mvpd: string;
  /**
   * The pair that the sign-in is bound to. Default: the one that last called the API for this device;
   * if none has, the first one to do so.
   */
  readonly clientId?: string;
  /** Plain metadata values; `userID` is added if absent. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Default: the MVPD's, 30 days. */
  readonly lifeSeconds?: number;
}

export interface SignOut {
  readonly deviceIdentifier: string | Uint8Array;
  readonly serviceProvider: string;
  /** Default: all. */
  readonly mvpd?: string;
  /** Default as in `SignIn`. */
  readonly clientId?: string;
}

export interface SignedIn {
  /** undefined: waits for the first pair that calls for this device. */
  readonly clientId: string | undefined;
}

/** Puts a profile where the viewer's visit to the MVPD's login page would have put it. */
export function signIn(world: World, request: SignIn): SignedIn {
  const { clock, clients, profiles, scenario } = world;
  const provider = scenario.serviceProviders.get(request.serviceProvider);
  if (provider === undefined)
    throw new SimulatorError(
      'unknown_service_provider',
      `no service provider ${JSON.stringify(request.serviceProvider)} in the scenario`,
    );
  const mvpd = provider.mvpds.find(({ id }) => id === request.mvpd);
  if (mvpd === undefined)
    throw new SimulatorError(
      'invalid_argument',
      `${provider.id} has no integration with ${JSON.stringify(request.mvpd)}, only with ${provider.mvpds.map(({ id }) => id).join(', ')}`,
    );
  const device = deviceName(request.deviceIdentifier);
  const clientId = request.clientId ?? clients.latestOfDevice(device);
  if (clientId !== undefined && clients.get(clientId) === undefined)
    throw new SimulatorError('unknown_client', `no client ${JSON.stringify(clientId)} has registered here`);
  const now = clock.now();
  const profile: Profile = {
    mvpd: mvpd.id,
    type: 'regular',
    issuer: mvpd.id,
    notBefore: now,
    notAfter: now + (request.lifeSeconds ?? mvpd.profileLifeSeconds) * 1000,
    attributes: { userID: digest(`${mvpd.id}:${device}`).slice(0, 32), ...request.attributes },
  };
  const owner = { device, serviceProvider: provider.id };
  if (clientId === undefined) profiles.addUnclaimed(owner, profile);
  else profiles.add({ ...owner, clientId }, profile);
  return { clientId };
}

/** Returns how many profiles it removed. */
export function signOut(
  world: World,
  { deviceIdentifier, serviceProvider, mvpd, clientId }: SignOut,
): number {
  const device = deviceName(deviceIdentifier);
  return world.profiles.remove(
    { device, serviceProvider, clientId: clientId ?? world.clients.latestOfDevice(device) },
    mvpd,
  );
}
