import { ApiClient } from './api/ApiClient.js';
import { invalidOption } from './checkOptions.js';
import { openPass, type PassParts } from './createPassWith.js';
import type { Device } from './device/Device.js';
import { resolveManagementUrl } from './http/baseUrl.js';
import { Esm } from './management/esm/Esm.js';
import { managementRequest } from './management/managementRequest.js';
import type { ServerPass } from './management/ServerPass.js';
import { resetTempPassCall } from './management/tempPass.js';
import type { PassOptions, ServerPassOptions } from './options.js';
import { resolveOptions, type ResolvedOptions } from './resolveOptions.js';

/**
 * What the state machine takes the server for: the one device of a key space of its own. Adobe Pass never sees the
 * identifier, since neither registration nor these APIs take one; `info` goes with registrations, whose page asks for it.
 */
const theServer: Device = { identifier: 'the server itself', info: { model: 'server' } };

/** A `ServerPass` on parts of one's own. As `createPass`: no I/O before the first call. */
export function createServerPassWith(options: ServerPassOptions, parts: PassParts = {}): ServerPass {
  const resolved = resolveServerOptions(options);
  const { pass, runtime } = openPass(resolved, parts);
  const calls = new ApiClient(runtime, theServer, undefined);
  const server: ServerPass = {
    serviceProvider: pass.serviceProvider,
    esm: new Esm(calls, resolved.managementUrl),
    accessToken: async (how) => await calls.accessToken(how),
    async resetTempPass(parameters, how) {
      await calls.within(
        how,
        async (deadline) => await calls.call(resetTempPassCall(parameters, pass.serviceProvider), deadline),
      );
    },
    request: async (method, path, init = {}, how) =>
      await calls.within(
        how,
        async (deadline) => await calls.call(managementRequest(method, path, init), deadline),
      ),
    restore: async (which) => await pass.restore(theServer, which),
    forget: async () => await pass.forget(theServer),
    retryStatement: async () => await pass.retryStatement(),
    reseal: async (how) => await pass.reseal(how),
    allowReplacement: async (allowance) => await pass.allowReplacement(allowance),
    allowRegistration: async () => await pass.allowRegistration(),
    readiness: async () => await pass.readiness(),
    close: async () => await pass.close(),
    [Symbol.asyncDispose]: async () => await pass.close(),
  };
  return Object.freeze(server);
}

function resolveServerOptions(options: ServerPassOptions): ResolvedOptions & { readonly managementUrl: URL } {
  const { identity, managementBaseUrl, ...others } = options;
  const given: unknown = identity;
  if (given !== 'server')
    throw invalidOption('identity', "must be 'server', or left out for a Pass of devices", given);
  const resolved = resolveOptions(others satisfies PassOptions);
  const { environment, baseUrl } = resolved;
  const managementUrl = resolveManagementUrl(
    environment,
    others.baseUrl === undefined ? undefined : baseUrl,
    managementBaseUrl,
  );
  return { ...resolved, managementUrl };
}
