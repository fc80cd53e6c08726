import { expect, test } from 'vitest';

import { errorCatalogue, type ErrorCode } from '../src/ground/errorCatalogue.js';
import type { MvpdOptions, ServiceProviderOptions } from '../src/index.js';
import { at, call, type Answer } from './support/caller.js';
import { completeForm, turnOn, type Tv } from './support/Tv.js';

/** Documented, all but one: what a 401 for an expired token says is our invention. */
type Documented = Exclude<ErrorCode, 'invalid_access_token'>;

type Reach = (tv: Tv) => Promise<Answer>;

const broken = (code: ErrorCode): MvpdOptions => ({ id: code, misconfigured: code });
const platformCodes = [
  'invalid_configuration_user_metadata_certificate',
  'invalid_configuration_platform',
  'invalid_configuration_platform_id',
  'invalid_configuration_platform_trait',
  'invalid_configuration_platform_category_trait',
  'invalid_configuration_platform_services',
  'invalid_configuration_mvpd_platform',
  'invalid_configuration_mvpd_platform_boarding_status',
  'invalid_configuration_mvpd_platform_profile_exchange',
] as const;
const scripted = [
  'internal_server_error',
  'authorization_denied_by_hba_policies',
  'authorization_denied_by_session_invalidated',
  'identity_not_recognized_by_mvpd',
  'network_received_error',
  'network_connection_timeout',
  'maximum_execution_time_exceeded',
] as const;

const scenario: readonly ServiceProviderOptions[] = [
  {
    id: 'REF30',
    resources: [
      ...scripted.map((code) => ({ id: code, decision: code })),
      { id: 'grown-up', rating: 'TV-MA' },
    ],
    mvpds: [
      {
        id: 'Home',
        platformMappingId: 'home',
        viewers: [{ name: 'viewer', maxRating: 'TV-G', entitlements: ['a', 'grown-up', ...scripted] }],
      },
      { id: 'Other', platformMappingId: 'other' },
      { id: 'Gone', active: false },
      {
        id: 'Trial',
        isTempPass: true,
        temporaryAccess: { durationSeconds: 60, resources: 1, identityKey: 'email' },
      },
      { id: 'BrokenTrial', isTempPass: true },
      ...platformCodes.map(broken),
    ],
  },
  { id: 'REF31' },
];

const signedIn =
  (reach: Reach): Reach =>
  async (tv) => {
    tv.signIn('Home', 'viewer');
    return await reach(tv);
  };
const asPerson = (tv: Tv): Tv =>
  tv.with({ 'AP-TempPass-Identity': Buffer.from('{"email":"hash"}').toString('base64') });
const withStatus = (tv: Tv, accessStatus?: string, id?: string, expirationDate = '9999999999999'): Tv =>
  tv.with({
    'AP-Partner-Framework-Status': Buffer.from(
      JSON.stringify({
        frameworkPermissionInfo: { accessStatus },
        frameworkProviderInfo: { id, expirationDate },
      }),
    ).toString('base64'),
  });
const saml = (tv: Tv, mvpd = 'Home'): string => tv.simulator.partnerResponse({ mvpd });

const reaches: Readonly<Record<Documented, Reach>> = {
  invalid_parameter_service_provider: (tv) => tv.profiles('ref30'),
  invalid_parameter_mvpd: (tv) => tv.profileFor('Nobody'),
  invalid_parameter_code: (tv) => tv.poll('no-code'),
  invalid_parameter_resources: (tv) => tv.preauthorize('Home', []),
  invalid_parameter_redirect_url: (tv) => tv.createSession({ redirectUrl: 'nowhere' }),
  invalid_parameter_partner: (tv) => tv.partnerSession({}, 'Banana'),
  invalid_parameter_saml_response: (tv) => withStatus(tv, 'granted', 'home').partnerProfile('?'),
  invalid_header_device_info: (tv) => tv.with({ 'X-Device-Info': '{}' }).profiles(),
  invalid_header_device_identifier: (tv) => tv.with({ 'AP-Device-Identifier': 'x' }).profiles(),
  invalid_header_identity_for_temporary_access: (tv) => tv.profileFor('Trial'),
  invalid_header_pfs_permission_access_not_present: (tv) => tv.partnerProfile(saml(tv)),
  invalid_header_pfs_permission_access_not_determined: (tv) =>
    withStatus(tv, 'notDetermined').partnerProfile(saml(tv)),
  invalid_header_pfs_permission_access_not_granted: (tv) => withStatus(tv, 'denied').partnerProfile(saml(tv)),
  invalid_header_pfs_provider_id_not_determined: (tv) => withStatus(tv, 'granted').partnerProfile(saml(tv)),
  invalid_header_pfs_provider_id_mismatch: (tv) =>
    withStatus(tv, 'granted', 'other').partnerProfile(saml(tv)),
  invalid_header_pfs_provider_info_expired: (tv) =>
    withStatus(tv, 'granted', 'home', '1').partnerProfile(saml(tv)),
  invalid_integration: (tv) => tv.profileFor('Gone'),
  invalid_authentication_session: (tv) => tv.poll('ACDEFGH'),
  preauthorization_denied_by_mvpd: signedIn((tv) => tv.preauthorize('Home', ['b'])),
  authorization_denied_by_mvpd: signedIn((tv) => tv.authorize('Home', ['b'])),
  authorization_denied_by_parental_controls: signedIn((tv) => tv.authorize('Home', ['grown-up'])),
  authorization_denied_by_degradation_rule: (tv) => {
    tv.simulator.degrade({ serviceProvider: 'REF30', rule: 'AuthZNone' });
    return tv.authorize('Home', ['a']);
  },
  too_many_resources: (tv) => tv.authorize('Home', ['a', 'b']),
  invalid_configuration_temporary_access: (tv) => tv.profileFor('BrokenTrial'),
  invalid_access_token_service_provider: (tv) => tv.profiles('REF31'),
  invalid_access_token_client_application: (tv) => {
    tv.simulator.revokeClient(tv.clientId);
    return tv.profiles();
  },
  authenticated_profile_missing: (tv) => tv.authorize('Home', ['a']),
  authenticated_profile_expired: (tv) => {
    const { device, clientId } = tv;
    tv.simulator.signIn({
      deviceIdentifier: device,
      serviceProvider: 'REF30',
      mvpd: 'Home',
      clientId,
      lifeSeconds: 0,
    });
    return tv.authorize('Home', ['a']);
  },
  authenticated_profile_invalidated: signedIn((tv) => {
    const { device, clientId } = tv;
    tv.simulator.signOut({
      deviceIdentifier: device,
      serviceProvider: 'REF30',
      clientId,
      isInvalidation: true,
    });
    return tv.authorize('Home', ['a']);
  }),
  temporary_access_duration_limit_exceeded: async (tv) => {
    await asPerson(tv).authorize('Trial', ['a']);
    tv.simulator.clock.advance(60_000);
    return await asPerson(tv).profileFor('Trial');
  },
  temporary_access_resources_limit_exceeded: async (tv) => {
    await asPerson(tv).authorize('Trial', ['a']);
    return await asPerson(tv).authorize('Trial', ['b']);
  },
  ...fromEach(scripted, (code) => signedIn((tv) => tv.authorize('Home', [code]))),
  ...fromEach(platformCodes, (code) => (tv) => tv.createSession({ ...completeForm, mvpd: code })),
};

function fromEach<Code extends string>(
  codes: readonly Code[],
  reach: (code: Code) => Reach,
): Record<Code, Reach> {
  return Object.fromEntries(codes.map((code) => [code, reach(code)])) as Record<Code, Reach>;
}

test.each(Object.entries(reaches))('%s is reached without a fault', async (code, reach) => {
  const { tv } = await turnOn({
    serviceProviders: scenario,
    applications: [{ name: 'tv', serviceProviders: ['REF30'] }],
  });
  const answer = await reach(tv);
  const [action, status, message] = errorCatalogue[code as ErrorCode];
  const error = answer.status === 200 ? at(answer.json, 'decisions', '0', 'error') : answer.json;
  expect(error).toMatchObject({ code, action, status, message });
  if (answer.status !== 200) expect(answer.status).toBe(status);
});

test('each code has a sentence of its own', () => {
  const sentences = Object.values(errorCatalogue).map(([, , message]) => message);
  expect(new Set(sentences).size).toBe(sentences.length);
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].{15,}\.$/);
});

test('a path that is in none of the tables, though in some samples, is not there', async () => {
  const { simulator } = await turnOn();
  for (const path of [
    '/api/v2/sessions/REF30/ACDEFGH',
    '/api/v2/logout/REF30/Cablevision',
    '/api/v2/REF30/decision/authorize/Cablevision',
    '/api/v2/REF30/session',
    '/api/v2/REF30/logout',
  ])
    expect((await call(simulator, path)).status).toBe(404);
});
