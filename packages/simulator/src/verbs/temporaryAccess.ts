import { deviceName } from '../ground/deviceIdentifier.js';
import type { World } from '../world.js';
import { requireIntegration } from './degrade.js';

export interface TemporaryAccessReset {
  readonly serviceProvider: string;
  readonly mvpd: string;
  /** The raw identifier. Neither this nor `identity`: everybody. */
  readonly deviceIdentifier?: string | Uint8Array;
  /** As in `AP-TempPass-Identity`. */
  readonly identity?: string;
}

export function resetTemporaryAccess(
  world: World,
  { deviceIdentifier, identity, ...of }: TemporaryAccessReset,
): number {
  requireIntegration(world, of);
  const device = deviceIdentifier === undefined ? undefined : deviceName(deviceIdentifier);
  return world.temporaryAccess.reset(of, { device, identity });
}
