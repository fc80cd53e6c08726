import type { Device } from '../device/Device.js';
import { ownIdentifier } from '../device/identifier.js';
import { kindOf } from '../described.js';
import { PassError } from '../errors.js';
import type { PassClient, PassContext } from '../PassClient.js';
import { publishFailure } from '../publishFailure.js';
import { ApiClient } from './ApiClient.js';
import type { ApiRuntime } from './ApiRuntime.js';

/**
 * What `pass.client()` returns. All that can be wrong with a device or a context is found here rather than in the first
 * call.
 * @throws PassError `device_missing`, `device_identifier_invalid`, `header_invalid`
 */
export function createPassClient(runtime: ApiRuntime, device: Device, context?: PassContext): PassClient {
  const given: unknown = device;
  if (typeof given !== 'object' || given === null) {
    throw publishFailure(
      new PassError(
        'device_missing',
        `device must be an object with an identifier, received ${kindOf(given)}`,
      ),
    );
  }
  const { identifier, info, address, port, userAgent } = device;
  // As it is now: its owner may change it before it is used.
  const own = { identifier: ownIdentifier(identifier), info, address, port, userAgent };
  const client = new ApiClient(runtime, own, context);
  try {
    client.headers();
  } catch (error) {
    throw publishFailure(error);
  }
  return client;
}
