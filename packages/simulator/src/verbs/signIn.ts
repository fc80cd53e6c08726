import { deviceName } from '../ground/deviceIdentifier.js';
import { SimulatorError } from '../ground/simulatorError.js';
import { signedInProfile } from '../login/signedInProfile.js';
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
  /** An account of the MVPD, whose entitlements and metadata then count. Default: nobody in particular, who may watch what the MVPD allows. */
  readonly viewer?: string;
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
  /** Leaves them behind as revoked ones, which decisions then say (`authenticated_profile_invalidated`). Default false. */
  readonly isInvalidation?: boolean;
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
  const viewer = mvpd.viewers.find(({ name }) => name === request.viewer);
  if (request.viewer !== undefined && viewer === undefined)
    throw new SimulatorError(
      'invalid_argument',
      `${mvpd.id} has no viewer ${JSON.stringify(request.viewer)}, only ${mvpd.viewers.map(({ name }) => name).join(', ')}`,
    );
  const { attributes, lifeSeconds } = request;
  const profile = signedInProfile(mvpd, viewer, device, clock.now(), { attributes, lifeSeconds });
  profiles.add({ device, serviceProvider: provider.id, clientId }, profile);
  return { clientId };
}

/** Returns how many profiles it removed. */
export function signOut(
  world: World,
  { deviceIdentifier, serviceProvider, mvpd, clientId, isInvalidation = false }: SignOut,
): number {
  const device = deviceName(deviceIdentifier);
  const owner = { device, serviceProvider, clientId: clientId ?? world.clients.latestOfDevice(device) };
  return isInvalidation ? world.profiles.invalidate(owner, mvpd) : world.profiles.remove(owner, mvpd);
}
