import { decideBearer } from '../api/access/decideAccess.js';
import { bearerOf, unauthorized } from '../api/access/protectedHandler.js';
import { enhancedError } from '../api/errors/enhancedError.js';
import type { Call, Handler } from '../http/endpoint.js';
import { jsonReply, type Reply } from '../http/reply.js';
import type { Client } from '../state/clients.js';
import type { World } from '../world.js';

export interface ManagementCall extends Call {
  readonly client: Client;
}

interface ManagementHandler {
  /** The name of no scope is documented; these are seen in the field. */
  readonly scope: string;
  readonly handle: (call: ManagementCall, world: World) => Reply;
}

/**
 * A call of a management API: a token of an application that has its scope, and no device.
 * 401: another token; 403: another pair, which no token of this one cures.
 * https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/features-premium/temporary-access/temporary-access-features
 */
export function managementHandler({ scope, handle }: ManagementHandler): Handler {
  return {
    errors: 'enhanced',
    handle(call, world) {
      const verdict = decideBearer(bearerOf(call, world));
      switch (verdict.kind) {
        case 'token_invalid':
          return unauthorized('invalid_access_token', 'access_denied', world.options.unauthorizedBody);
        case 'client_invalid':
        case 'statement_invalid':
          return forbidden();
        case 'accepted':
          return verdict.client.application.scopes.includes(scope)
            ? handle({ ...call, client: verdict.client }, world)
            : forbidden();
      }
    },
  };
}

/** Whether the application of the caller covers the service provider that the call names. */
export function covers({ client }: ManagementCall, serviceProvider: string): boolean {
  return client.application.serviceProviders.includes(serviceProvider);
}

export function forbidden(): Reply {
  const code = 'invalid_access_token_client_application';
  return jsonReply(403, { ...enhancedError(code), status: 403 }, { errorCode: code });
}
