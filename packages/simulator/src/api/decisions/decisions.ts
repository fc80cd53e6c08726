import { digest } from '../../crypto/fingerprint.js';
import { serializeMediaToken } from '../../crypto/mediaToken.js';
import type { Handler } from '../../http/endpoint.js';
import { jsonReply } from '../../http/reply.js';
import type { Mvpd } from '../../scenario/scenario.js';
import type { World } from '../../world.js';
import { ownerOf, protectedHandler } from '../access/protectedHandler.js';
import { enhancedError, enhancedErrorReply } from '../errors/enhancedError.js';
import { findIntegration } from '../integration.js';
import { readAsker, standingOf, trialOwner, type Asker } from '../standing.js';
import { decideAccessTo, type AccessQuestionKind, type ResourceVerdict } from './decideAccessTo.js';
import { readResources } from './readResources.js';

/** https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/decisions-apis/rest-api-v2-decisions-apis-retrieve-preauthorization-decisions-using-specific-mvpd */
export const preauthorize: Handler = decisions('preauthorize');

/** https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/apis/decisions-apis/rest-api-v2-decisions-apis-retrieve-authorization-decisions-using-specific-mvpd */
export const authorize: Handler = decisions('authorize');

function decisions(asks: AccessQuestionKind): Handler {
  return protectedHandler({
    deviceHeaders: 'required',
    mediaType: 'application/json',
    handle(call, world) {
      const { params, serviceProvider, now } = call;
      const integration = findIntegration(world.scenario, serviceProvider, params['mvpd'] ?? '');
      if (integration.kind === 'refused') return enhancedErrorReply(integration.code);
      const { mvpd } = integration;
      const resources = readResources(call.body);
      if (resources === undefined) return enhancedErrorReply('invalid_parameter_resources');
      const limit =
        asks === 'authorize'
          ? serviceProvider.maxAuthorizeResources
          : serviceProvider.maxPreauthorizeResources;
      const isTooMany = resources.length > limit;
      const { tooManyResources, missingProfile } = world.options;
      if (isTooMany && tooManyResources === 'call') return enhancedErrorReply('too_many_resources');
      const asker = readAsker(call, ownerOf(call), serviceProvider);
      const degradation = world.degradations.find(serviceProvider.id, mvpd.id, now);
      const verdicts = resources.map((resource): readonly [string, ResourceVerdict] => {
        if (isTooMany) return [resource, { kind: 'denied', source: 'mvpd', code: 'too_many_resources' }];
        const standing = standingOf(asker, mvpd, world, resource);
        const verdict = decideAccessTo({ asks, resource, serviceProvider, mvpd, standing, degradation, now });
        if (asks === 'authorize' && verdict.kind === 'permitted' && standing.kind === 'trial')
          world.temporaryAccess.use(trialOwner(asker, mvpd), resource, now);
        return [resource, verdict];
      });
      const profileError = verdicts
        .map(([, verdict]) => (verdict.kind === 'denied' ? verdict.code : ''))
        .find((code) => code.startsWith('authenticated_profile_'));
      if (profileError !== undefined && missingProfile === 'call') return enhancedErrorReply(profileError);
      const described = verdicts.flatMap(([resource, verdict]) => {
        const decision = describeDecision(asks, resource, verdict, asker, mvpd, world);
        return decision === undefined ? [] : [decision];
      });
      return { ...jsonReply(200, { decisions: described }), delayMs: mvpd.delayMs };
    },
  });
}

function describeDecision(
  asks: AccessQuestionKind,
  resource: string,
  verdict: ResourceVerdict,
  asker: Asker,
  mvpd: Mvpd,
  world: World,
): Record<string, unknown> | undefined {
  if (verdict.kind === 'leftOut') return undefined;
  const { serviceProvider } = asker.owner;
  const common = { resource, serviceProvider, mvpd: mvpd.id, source: verdict.source };
  if (verdict.kind === 'denied')
    return { ...common, authorized: false, error: enhancedError(verdict.code, verdict.details) };
  if (asks === 'preauthorize') return { ...common, authorized: true };
  return {
    ...common,
    authorized: true,
    token: issueMediaToken(resource, asker, mvpd, world),
    ...(verdict.notAfter === undefined ? {} : { notBefore: asker.now, notAfter: verdict.notAfter }),
  };
}

function issueMediaToken(
  resource: string,
  { owner, now }: Asker,
  mvpd: Mvpd,
  { options }: World,
): Record<string, unknown> {
  const ttlMs = options.mediaTokenLifeSeconds * 1000;
  return {
    notBefore: now,
    notAfter: now + ttlMs,
    serializedToken: serializeMediaToken(
      {
        sessionGuid: digest(`${mvpd.id}:${owner.device}`).slice(0, 32),
        requestorId: owner.serviceProvider,
        resourceId: resource,
        ttlMs,
        issuedAt: now,
        mvpdId: mvpd.id,
        proxyMvpdId: mvpd.proxy ?? '',
      },
      options.signingKey.privateKey,
    ),
  };
}
