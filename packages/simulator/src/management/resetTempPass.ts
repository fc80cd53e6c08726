import { enhancedErrorReply } from '../api/errors/enhancedError.js';
import { findIntegration } from '../api/integration.js';
import type { Handler } from '../http/endpoint.js';
import type { Reply } from '../http/reply.js';
import type { World } from '../world.js';
import { covers, forbidden, managementHandler, type ManagementCall } from './managementHandler.js';

const scope = 'temporary:passes:owner';

/** `device_id`: the raw identifier; `all`, or none at all: everybody. */
export const resetTempPass: Handler = managementHandler({
  scope,
  handle: (call, world) => reset(call, world, 'device_id', (device) => ({ device })),
});

/** `key`: the hash that the service provider made of the viewer; `all`, or none at all: everybody. */
export const resetPromotionalTempPass: Handler = managementHandler({
  scope,
  handle: (call, world) => reset(call, world, 'key', (identity) => ({ identity })),
});

type Whose = Parameters<World['temporaryAccess']['reset']>[1];

function reset(
  call: ManagementCall,
  { scenario, temporaryAccess }: World,
  parameter: 'device_id' | 'key',
  whose: (one: string) => Whose,
): Reply {
  const { query } = call;
  const serviceProvider = scenario.serviceProviders.get(query.get('requestor_id') ?? '');
  if (serviceProvider === undefined) return enhancedErrorReply('invalid_parameter_service_provider');
  if (!covers(call, serviceProvider.id)) return forbidden();
  const integration = findIntegration(scenario, serviceProvider, query.get('mvpd_id') ?? '');
  if (integration.kind === 'refused') return enhancedErrorReply(integration.code);
  const { mvpd } = integration;
  if (mvpd.isTempPass !== true) return enhancedErrorReply('invalid_parameter_mvpd');
  const one = query.get(parameter);
  const of = { serviceProvider: serviceProvider.id, mvpd: mvpd.id };
  temporaryAccess.reset(of, one === null || one === 'all' ? {} : whose(one));
  return { status: 204, headers: {}, body: '' };
}
