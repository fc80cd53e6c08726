import type { Call, Handler } from '../../http/endpoint.js';
import { hasMediaType } from '../../http/mediaType.js';
import { jsonReply, textReply, type Reply } from '../../http/reply.js';
import type { UnauthorizedBody } from '../../options.js';
import type { ServiceProvider } from '../../scenario/scenario.js';
import type { Client } from '../../state/clients.js';
import type { ProfileOwner } from '../../state/profiles.js';
import type { World } from '../../world.js';
import { decideAccess, type AccessQuestion, type AccessVerdict } from './decideAccess.js';
import { deviceInfoProblem } from '../device/deviceInfo.js';
import { enhancedErrorReply } from '../errors/enhancedError.js';
import { headerOf } from '../headerOf.js';

export interface ProtectedCall extends Call {
  readonly client: Client;
  readonly serviceProvider: ServiceProvider;
}

interface ProtectedHandler {
  /** Whether `AP-Device-Identifier` (enforced) and `X-Device-Info` (as strict as the simulator is) belong to this call. */
  readonly deviceHeaders: 'required' | 'optional';
  /** Of the body, as the pages say; the real service is seen not to look at it. */
  readonly mediaType?: 'application/json' | 'application/x-www-form-urlencoded';
  readonly handle: (call: ProtectedCall, world: World) => Reply;
}

/** Whose profiles a call with device headers is about. */
export function ownerOf({ client, device = '', serviceProvider }: ProtectedCall): ProfileOwner {
  return { clientId: client.clientId, device, serviceProvider: serviceProvider.id };
}

/** A call of REST API v2, with `:serviceProvider` in its path: what all of them check before they do anything. */
export function protectedHandler(definition: ProtectedHandler): Handler {
  return {
    errors: 'enhanced',
    handle(call, world) {
      const access = askAccess(call, world);
      if (access.kind !== 'allowed') return refuse(access, world.options.unauthorizedBody);
      if (definition.deviceHeaders === 'required') {
        if (call.device === undefined) return enhancedErrorReply('invalid_header_device_identifier');
        const info = headerOf(call.headers, 'x-device-info');
        if (deviceInfoProblem(info, world.options.strict) !== undefined)
          return enhancedErrorReply('invalid_header_device_info');
      }
      if (
        definition.mediaType !== undefined &&
        world.options.strict &&
        !hasMediaType(call.headers['content-type'], definition.mediaType)
      )
        return textReply(415, `Content-Type must be ${definition.mediaType}`);
      if (call.device !== undefined) world.clients.sawDevice(access.client.clientId, call.device);
      return definition.handle(
        { ...call, client: access.client, serviceProvider: access.serviceProvider },
        world,
      );
    },
  };
}

/** Whose token a call carries. */
export function bearerOf(
  { accessToken, now }: Call,
  { tokens, clients, statements }: World,
): Omit<AccessQuestion, 'serviceProvider'> {
  const token = accessToken === undefined ? undefined : tokens.find(accessToken);
  const client = token === undefined ? undefined : clients.get(token.clientId);
  const statementRevoked =
    client !== undefined && statements.isRevoked(client.application.name, client.statementDigest);
  return { now, token, client, statementRevoked };
}

function askAccess(call: Call, world: World): AccessVerdict {
  const serviceProvider = world.scenario.serviceProviders.get(call.params['serviceProvider'] ?? '');
  return decideAccess({ ...bearerOf(call, world), serviceProvider });
}

function refuse({ kind }: Exclude<AccessVerdict, { kind: 'allowed' }>, body: UnauthorizedBody): Reply {
  switch (kind) {
    case 'service_provider_unknown':
      return enhancedErrorReply('invalid_parameter_service_provider');
    case 'service_provider_not_covered':
      return enhancedErrorReply('invalid_access_token_service_provider');
    case 'token_invalid':
      return unauthorized('invalid_access_token', 'access_denied', body);
    case 'client_invalid':
      return unauthorized('invalid_access_token_client_application', 'invalid_client', body);
    case 'statement_invalid':
    case 'scope_missing':
      return unauthorized('invalid_access_token_client_application', 'access_denied', body);
  }
}

/** Adobe's 401 bodies are undocumented; the older SDK pages show `{"error"}`. */
export function unauthorized(code: string, legacyCode: string, body: UnauthorizedBody): Reply {
  switch (body) {
    case 'enhanced':
      return enhancedErrorReply(code);
    case 'legacy':
      return jsonReply(401, { error: legacyCode }, { errorCode: legacyCode });
    case 'empty':
      return { status: 401, headers: {}, body: '' };
  }
}
