import { enhancedErrorReply } from '../api/errors/enhancedError.js';
import type { Handler } from '../http/endpoint.js';
import { jsonReply, textReply, type Reply } from '../http/reply.js';
import type { ActiveDegradation, DegradationRule } from '../state/degradations.js';
import type { World } from '../world.js';
import { covers, forbidden, managementHandler, type ManagementCall } from './managementHandler.js';

const rules: ReadonlyMap<string, DegradationRule> = new Map([
  ['authnAll', 'AuthNAll'],
  ['authzAll', 'AuthZAll'],
  ['authzNone', 'AuthZNone'],
]);

const ids: Readonly<Record<DegradationRule, string>> = {
  AuthNAll: 'authn-all',
  AuthZAll: 'authz-all',
  AuthZNone: 'authz-none',
};

/**
 * Second-hand: Adobe's contract is in no public page, this is what programs in the field are seen to send. Adobe's own
 * document is the authority.
 */
export const degradation: Handler = managementHandler({
  scope: 'decisions:owner',
  handle(call, world) {
    const { method, params, query, headers, now } = call;
    if (headers['api_version'] !== '3.0') return textReply(400, 'api_version: 3.0 is missing');
    const serviceProvider = world.scenario.serviceProviders.get(query.get('programmer') ?? '');
    if (serviceProvider === undefined) return enhancedErrorReply('invalid_parameter_service_provider');
    if (!covers(call, serviceProvider.id)) return forbidden();
    const mvpd = query.get('mvpd') ?? undefined;
    if (mvpd !== undefined && !serviceProvider.mvpds.some(({ id }) => id === mvpd))
      return enhancedErrorReply('invalid_parameter_mvpd');
    const rule = rules.get(params['rule'] ?? '');
    if (rule === undefined && (params['rule'] !== 'all' || method === 'POST'))
      return textReply(404, 'there is no such rule');
    const target = {
      serviceProvider: serviceProvider.id,
      ...(mvpd === undefined ? {} : { mvpd }),
      ...(rule === undefined ? {} : { rule }),
    };
    if (method === 'POST' && rule !== undefined) {
      const life = lifeSeconds(call);
      if (life === 'invalid') return textReply(400, 'ttl must be a number of seconds');
      const message = query.get('msg') ?? undefined;
      world.degradations.add(
        {
          ...target,
          rule,
          ...(life === undefined ? {} : { lifeSeconds: life }),
          ...(message === undefined ? {} : { message }),
        },
        now,
      );
    }
    if (method === 'DELETE') world.degradations.end(target);
    return measures(world, target, now);
  },
});

function lifeSeconds({ query }: ManagementCall): number | undefined | 'invalid' {
  const ttl = query.get('ttl');
  if (ttl === null) return undefined;
  return /^\d{1,9}$/.test(ttl) ? Number(ttl) : 'invalid';
}

function measures(
  { degradations }: World,
  target: { readonly serviceProvider: string; readonly mvpd?: string; readonly rule?: DegradationRule },
  now: number,
): Reply {
  const active = degradations
    .dump()
    .filter(
      ({ serviceProvider, mvpd, rule, notAfter }) =>
        serviceProvider === target.serviceProvider &&
        (target.mvpd === undefined || mvpd === undefined || mvpd === target.mvpd) &&
        (target.rule === undefined || rule === target.rule) &&
        (notAfter === null || now < notAfter),
    );
  return jsonReply(200, { 'degradation-measures': active.map((each) => measure(each, now)) });
}

function measure(
  { serviceProvider, mvpd, rule, lifeSeconds: ttl, notAfter }: ActiveDegradation,
  now: number,
): object {
  const activatedAt = notAfter === null || ttl === undefined ? now : notAfter - ttl * 1000;
  return {
    id: ids[rule],
    programmer: { id: serviceProvider },
    ...(mvpd === undefined ? {} : { mvpd: { id: mvpd } }),
    'degradation-measure-enable': true,
    'degradation-measure-status': 'APPLIED',
    ...(ttl === undefined ? {} : { ttl }),
    'activation-time': Math.floor(activatedAt / 1000),
  };
}
