/** Who can change what Adobe Pass complains about. `operator`: whoever runs this server, or the application on the device. */
export type MustAct = 'viewer' | 'operator' | 'adobe' | 'nobody';

/** What an enhanced error of Adobe Pass asks for. */
export interface AdobeMeaning {
  readonly mustAct: MustAct;
  /** The same call may be made again, two or three times at most. */
  readonly retry: boolean;
  /** Only a new sign-in with the provider helps. */
  readonly viewerMustSignIn: boolean;
}

interface DocumentedCode extends AdobeMeaning {
  readonly action: 'none' | 'configuration' | 'application-registration' | 'authentication' | 'retry';
  readonly status: 400 | 401 | 403 | 500;
}

const wrongCall = {
  action: 'none',
  status: 400,
  mustAct: 'operator',
  retry: false,
  viewerMustSignIn: false,
} as const;
const fromViewer = { ...wrongCall, mustAct: 'viewer' } as const;
const denied = { ...wrongCall, status: 403, mustAct: 'nobody' } as const;
const misconfigured = { ...wrongCall, action: 'configuration', status: 500 } as const;
const notAccepted = { ...wrongCall, action: 'application-registration', status: 401 } as const;
const signIn = {
  action: 'authentication',
  status: 403,
  mustAct: 'viewer',
  retry: false,
  viewerMustSignIn: true,
} as const;
const passing = { ...denied, action: 'retry', retry: true } as const;

/**
 * Every code that Adobe documents for REST API v2. The set may grow.
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/features-standard/error-reporting/enhanced-error-codes
 */
export const adobeCodeTable: Readonly<Record<AdobeCode, DocumentedCode>> = {
  invalid_parameter_service_provider: wrongCall,
  invalid_parameter_mvpd: wrongCall,
  // Typed wrongly, as a rule.
  invalid_parameter_code: fromViewer,
  invalid_parameter_resources: wrongCall,
  invalid_parameter_redirect_url: wrongCall,
  invalid_parameter_partner: wrongCall,
  // What the partner's framework gave is of no use: the viewer signs in without it.
  invalid_parameter_saml_response: fromViewer,
  invalid_header_device_info: wrongCall,
  invalid_header_device_identifier: wrongCall,
  invalid_header_identity_for_temporary_access: wrongCall,
  invalid_header_pfs_permission_access_not_present: wrongCall,
  invalid_header_pfs_permission_access_not_determined: fromViewer,
  invalid_header_pfs_permission_access_not_granted: fromViewer,
  invalid_header_pfs_provider_id_not_determined: wrongCall,
  invalid_header_pfs_provider_id_mismatch: wrongCall,
  invalid_header_pfs_provider_info_expired: fromViewer,
  invalid_integration: wrongCall,
  invalid_authentication_session: fromViewer,
  preauthorization_denied_by_mvpd: denied,
  authorization_denied_by_mvpd: denied,
  authorization_denied_by_parental_controls: { ...denied, mustAct: 'viewer' },
  authorization_denied_by_degradation_rule: denied,
  internal_server_error: { ...wrongCall, status: 500, mustAct: 'adobe' },
  too_many_resources: { ...misconfigured, status: 403 },
  invalid_configuration_user_metadata_certificate: misconfigured,
  invalid_configuration_temporary_access: misconfigured,
  invalid_configuration_platform: misconfigured,
  invalid_configuration_platform_id: misconfigured,
  invalid_configuration_platform_trait: misconfigured,
  invalid_configuration_platform_category_trait: misconfigured,
  invalid_configuration_platform_services: misconfigured,
  invalid_configuration_mvpd_platform: misconfigured,
  invalid_configuration_mvpd_platform_boarding_status: misconfigured,
  invalid_configuration_mvpd_platform_profile_exchange: misconfigured,
  invalid_access_token_service_provider: notAccepted,
  invalid_access_token_client_application: notAccepted,
  authenticated_profile_missing: signIn,
  authenticated_profile_expired: signIn,
  authenticated_profile_invalidated: signIn,
  temporary_access_duration_limit_exceeded: signIn,
  temporary_access_resources_limit_exceeded: signIn,
  authorization_denied_by_hba_policies: signIn,
  authorization_denied_by_session_invalidated: signIn,
  identity_not_recognized_by_mvpd: signIn,
  network_received_error: passing,
  network_connection_timeout: passing,
  maximum_execution_time_exceeded: passing,
};

/** A code that Adobe documents. */
export type AdobeCode =
  | 'invalid_parameter_service_provider'
  | 'invalid_parameter_mvpd'
  | 'invalid_parameter_code'
  | 'invalid_parameter_resources'
  | 'invalid_parameter_redirect_url'
  | 'invalid_parameter_partner'
  | 'invalid_parameter_saml_response'
  | 'invalid_header_device_info'
  | 'invalid_header_device_identifier'
  | 'invalid_header_identity_for_temporary_access'
  | 'invalid_header_pfs_permission_access_not_present'
  | 'invalid_header_pfs_permission_access_not_determined'
  | 'invalid_header_pfs_permission_access_not_granted'
  | 'invalid_header_pfs_provider_id_not_determined'
  | 'invalid_header_pfs_provider_id_mismatch'
  | 'invalid_header_pfs_provider_info_expired'
  | 'invalid_integration'
  | 'invalid_authentication_session'
  | 'preauthorization_denied_by_mvpd'
  | 'authorization_denied_by_mvpd'
  | 'authorization_denied_by_parental_controls'
  | 'authorization_denied_by_degradation_rule'
  | 'internal_server_error'
  | 'too_many_resources'
  | 'invalid_configuration_user_metadata_certificate'
  | 'invalid_configuration_temporary_access'
  | 'invalid_configuration_platform'
  | 'invalid_configuration_platform_id'
  | 'invalid_configuration_platform_trait'
  | 'invalid_configuration_platform_category_trait'
  | 'invalid_configuration_platform_services'
  | 'invalid_configuration_mvpd_platform'
  | 'invalid_configuration_mvpd_platform_boarding_status'
  | 'invalid_configuration_mvpd_platform_profile_exchange'
  | 'invalid_access_token_service_provider'
  | 'invalid_access_token_client_application'
  | 'authenticated_profile_missing'
  | 'authenticated_profile_expired'
  | 'authenticated_profile_invalidated'
  | 'temporary_access_duration_limit_exceeded'
  | 'temporary_access_resources_limit_exceeded'
  | 'authorization_denied_by_hba_policies'
  | 'authorization_denied_by_session_invalidated'
  | 'identity_not_recognized_by_mvpd'
  | 'network_received_error'
  | 'network_connection_timeout'
  | 'maximum_execution_time_exceeded';

/** What Adobe Pass said, as far as it decides what to do. */
export interface AdobeWord {
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  readonly action?: string | undefined;
}

/** By the code, because Adobe's samples give one code different actions; then the action; then the status. */
export function meaningOf({ code, action, status }: AdobeWord): AdobeMeaning {
  return documented(code) ?? byAction(action) ?? byStatus(status);
}

/** The entry of a code in the table, if it is one of those. */
export function documented(code: string | undefined): DocumentedCode | undefined {
  if (code === undefined || !Object.hasOwn(adobeCodeTable, code)) return undefined;
  return adobeCodeTable[code as AdobeCode];
}

/** `undefined`: it says nothing of what is to be done, or is one that Adobe has added. */
function byAction(action: string | undefined): AdobeMeaning | undefined {
  switch (action) {
    case 'authentication':
      return signIn;
    case 'retry':
      return passing;
    case 'configuration':
      return misconfigured;
    case 'application-registration':
      return notAccepted;
    // A fresh authorization of the resource, which the next call to authorize is.
    case 'authorization':
      return denied;
    case undefined:
    default:
      return undefined;
  }
}

function byStatus(status: number | undefined): AdobeMeaning {
  if (status === 403) return denied;
  if (status === 429) return passing;
  return status === undefined || status >= 500 ? { ...denied, mustAct: 'adobe' } : wrongCall;
}
