type CatalogueEntry = readonly [action: string, status: number, message?: string];

/**
 * Codes of https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/standard-features/error-reporting/enhanced-error-codes
 * A message is given where clients in the field are seen to match it.
 * `invalid_access_token` is ours: no page and no recording shows the code of a 401 for an expired token.
 */
export const errorCatalogue: Readonly<Record<string, CatalogueEntry>> = {
  invalid_access_token: ['none', 401, 'The access token is invalid or expired.'],

  invalid_parameter_service_provider: [
    'none',
    400,
    'The service provider parameter value is missing or invalid.',
  ],
  invalid_parameter_mvpd: ['none', 400, 'The mvpd parameter value is missing or invalid.'],
  invalid_parameter_code: ['none', 400],
  invalid_parameter_resources: ['none', 400],
  invalid_parameter_redirect_url: ['none', 400],
  invalid_parameter_partner: ['none', 400],
  invalid_parameter_saml_response: ['none', 400],
  invalid_header_device_info: ['none', 400, 'The device information header value is missing or invalid.'],
  invalid_header_device_identifier: [
    'none',
    400,
    'The device identifier header value is missing or invalid.',
  ],
  invalid_header_identity_for_temporary_access: ['none', 400],
  invalid_header_pfs_permission_access_not_present: ['none', 400],
  invalid_header_pfs_permission_access_not_determined: ['none', 400],
  invalid_header_pfs_permission_access_not_granted: ['none', 400],
  invalid_header_pfs_provider_id_not_determined: ['none', 400],
  invalid_header_pfs_provider_id_mismatch: ['none', 400],
  invalid_header_pfs_provider_info_expired: ['none', 400],
  invalid_integration: [
    'none',
    400,
    'The integration between the specified service provider and mvpd does not exist or is disabled.',
  ],
  invalid_authentication_session: ['none', 400],
  preauthorization_denied_by_mvpd: ['none', 403],
  authorization_denied_by_mvpd: ['none', 403],
  authorization_denied_by_parental_controls: ['none', 403],
  authorization_denied_by_degradation_rule: ['none', 403],
  internal_server_error: ['none', 500],

  too_many_resources: ['configuration', 403],
  invalid_configuration_user_metadata_certificate: ['configuration', 500],
  invalid_configuration_temporary_access: ['configuration', 500],
  invalid_configuration_platform: ['configuration', 500],
  invalid_configuration_platform_id: ['configuration', 500],
  invalid_configuration_platform_trait: ['configuration', 500],
  invalid_configuration_platform_category_trait: ['configuration', 500],
  invalid_configuration_platform_services: ['configuration', 500],
  invalid_configuration_mvpd_platform: ['configuration', 500],
  invalid_configuration_mvpd_platform_boarding_status: ['configuration', 500],
  invalid_configuration_mvpd_platform_profile_exchange: ['configuration', 500],

  invalid_access_token_service_provider: [
    'application-registration',
    401,
    'The access token is invalid due to invalid service provider.',
  ],
  invalid_access_token_client_application: [
    'application-registration',
    401,
    'The access token is invalid due to invalid client application.',
  ],

  authenticated_profile_missing: ['authentication', 403],
  authenticated_profile_expired: ['authentication', 403],
  authenticated_profile_invalidated: ['authentication', 403],
  temporary_access_duration_limit_exceeded: ['authentication', 403],
  temporary_access_resources_limit_exceeded: ['authentication', 403],
  authorization_denied_by_hba_policies: ['authentication', 403],
  authorization_denied_by_session_invalidated: ['authentication', 403],
  identity_not_recognized_by_mvpd: ['authentication', 403],

  network_received_error: ['retry', 403],
  network_connection_timeout: ['retry', 403],
  maximum_execution_time_exceeded: ['retry', 403],
};
