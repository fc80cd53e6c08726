import { describe, expect, it } from 'vitest';
import { adobeCodeTable, meaningOf, type MustAct } from '../../src/adobeCodes.js';
import { ApiClient } from '../../src/api/ApiClient.js';
import { isPassError, type PassError } from '../../src/errors.js';
import { stage } from './scripted.js';

interface Row {
  readonly code: string;
  readonly action: string;
  readonly status: number;
  readonly mustAct: MustAct;
  readonly signIn: boolean;
}

const group = (
  action: string,
  status: number,
  mustAct: MustAct,
  codes: string,
  signIn = false,
): readonly Row[] =>
  codes
    .trim()
    .split(/\s+/)
    .map((code) => ({ code, action, status, mustAct, signIn }));

/** As Adobe's page on enhanced error codes has them, and what a person then has to do. */
const rows: readonly Row[] = [
  ...group(
    'none',
    400,
    'operator',
    `invalid_parameter_service_provider invalid_parameter_mvpd invalid_parameter_resources
     invalid_parameter_redirect_url invalid_parameter_partner invalid_header_device_info
     invalid_header_device_identifier invalid_header_identity_for_temporary_access
     invalid_header_pfs_permission_access_not_present invalid_header_pfs_provider_id_not_determined
     invalid_header_pfs_provider_id_mismatch invalid_integration`,
  ),
  ...group(
    'none',
    400,
    'viewer',
    `invalid_parameter_code invalid_parameter_saml_response invalid_header_pfs_permission_access_not_determined
     invalid_header_pfs_permission_access_not_granted invalid_header_pfs_provider_info_expired
     invalid_authentication_session`,
  ),
  ...group(
    'none',
    403,
    'nobody',
    'preauthorization_denied_by_mvpd authorization_denied_by_mvpd authorization_denied_by_degradation_rule',
  ),
  ...group('none', 403, 'viewer', 'authorization_denied_by_parental_controls'),
  ...group('none', 500, 'adobe', 'internal_server_error'),
  ...group('configuration', 403, 'operator', 'too_many_resources'),
  ...group(
    'configuration',
    500,
    'operator',
    `invalid_configuration_user_metadata_certificate invalid_configuration_temporary_access
     invalid_configuration_platform invalid_configuration_platform_id invalid_configuration_platform_trait
     invalid_configuration_platform_category_trait invalid_configuration_platform_services
     invalid_configuration_mvpd_platform invalid_configuration_mvpd_platform_boarding_status
     invalid_configuration_mvpd_platform_profile_exchange`,
  ),
  ...group(
    'application-registration',
    401,
    'operator',
    'invalid_access_token_service_provider invalid_access_token_client_application',
  ),
  ...group(
    'authentication',
    403,
    'viewer',
    `authenticated_profile_missing authenticated_profile_expired authenticated_profile_invalidated
     temporary_access_duration_limit_exceeded temporary_access_resources_limit_exceeded
     authorization_denied_by_hba_policies authorization_denied_by_session_invalidated
     identity_not_recognized_by_mvpd`,
    true,
  ),
  ...group(
    'retry',
    403,
    'nobody',
    'network_received_error network_connection_timeout maximum_execution_time_exceeded',
  ),
];

const clientOn = (on: ReturnType<typeof stage>): ApiClient =>
  new ApiClient(on, { identifier: 'tv' }, undefined);

const errorOf = async (call: Promise<unknown>): Promise<PassError> => {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (isPassError(error)) return error;
  throw new Error('rejected with no PassError', { cause: error });
};

describe('a code of Adobe Pass', () => {
  it('is one of 47', () => {
    expect(rows).toHaveLength(47);
    expect(Object.keys(adobeCodeTable).toSorted()).toEqual(rows.map(({ code }) => code).toSorted());
  });

  it.each(rows)('for a call: $code', async ({ code, action, status, mustAct, signIn }) => {
    const answer = [status, { code, action, status, message: 'For the viewer.' }] as const;
    const on = stage(answer, answer, answer);
    const error = await errorOf(on.play(clientOn(on).request('GET', '/api/v2/REF30/x')));
    expect(error).toMatchObject({ mustAct, viewerMustSignIn: signIn, adobe: { code, action, status } });
    expect(on.transport.sent).toHaveLength(
      action === 'retry' || code === 'internal_server_error'
        ? 3
        : action === 'application-registration'
          ? 2
          : 1,
    );
    if (error.code === 'upstream_refused') {
      expect(error.retryable).toBe(action === 'retry');
      expect(error.viewerMessage).toEqual({ message: 'For the viewer.' });
    }
  });

  it.each(rows)('for an item: $code', async ({ code, action, status, mustAct, signIn }) => {
    const item = { resource: 'a', authorized: false, source: 'mvpd', error: { code, action, status } };
    const answer = [200, { decisions: [item] }] as const;
    const on = stage(answer, answer, answer);
    const decided = clientOn(on).decisions.authorize({ mvpd: 'Acme', resources: ['a'] });
    expect(await on.play(decided)).toMatchObject([
      {
        authorized: false,
        error: { code, action, status, mustAct, viewerMustSignIn: signIn, retryable: action === 'retry' },
      },
    ]);
    expect(on.transport.sent).toHaveLength(action === 'retry' ? 3 : 1);
  });

  it('counts more than its action, which Adobe’s samples give differently', () => {
    expect(meaningOf({ code: 'temporary_access_duration_limit_exceeded', action: 'none' })).toMatchObject({
      mustAct: 'viewer',
      viewerMustSignIn: true,
    });
    const code = 'authorization_denied_by_mvpd';
    expect(meaningOf({ code, action: 'configuration' })).toEqual(meaningOf({ code }));
  });

  it.each([
    [{ code: 'something_new', action: 'authentication', status: 403 }, 'viewer', true],
    [{ code: 'something_new', action: 'configuration', status: 403 }, 'operator', false],
    [{ code: 'something_new', action: 'application-registration', status: 401 }, 'operator', false],
    [{ code: 'something_new', action: 'authorization', status: 403 }, 'nobody', false],
    [{ code: 'something_new', action: 'retry', status: 403 }, 'nobody', false],
    [{ code: 'something_new', action: 'none', status: 403 }, 'nobody', false],
    [{ code: 'something_new', action: 'dance', status: 412 }, 'operator', false],
    [{ code: 'toString', status: 500 }, 'adobe', false],
    [{}, 'adobe', false],
  ])('that is not documented goes by its action, then its status: %j', (said, mustAct, viewerMustSignIn) => {
    expect(meaningOf(said)).toMatchObject({ mustAct, viewerMustSignIn });
  });
});
