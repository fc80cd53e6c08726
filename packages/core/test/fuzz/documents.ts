import { canaries } from './canaries.js';

/** Answers as Adobe Pass documents them; numbers and texts where the field has seen either. */
export const registered = {
  client_id: 'c0ffee00-4dec-4a5b-9e11-5f00dd00cafe',
  client_secret: canaries.clientSecret,
  client_id_issued_at: 1_723_227_212,
  redirect_uris: ['app.example://done'],
  grant_types: ['client_credentials'],
  scopes: ['api:client:v2'],
};

export const issued = {
  id: '8d5cbd4f-7a0f-4a1c-8d66-0d1c4f9c1b3e',
  access_token: canaries.accessToken,
  created_at: 1_723_227_212_000,
  expires_in: 21_600,
  token_type: 'bearer',
};

const profile = {
  notBefore: 1_760_000_000_000,
  notAfter: '1760086400000',
  issuer: 'Cablevision',
  type: 'regular',
  attributes: {
    userID: { value: 'abc', state: 'plain' },
    zip: { value: ['11735', '10001'], state: 'enc' },
    maxRating: { error: 'metadata_not_available' },
  },
};

export const profiles = { profiles: { Cablevision: profile, Adobe: { ...profile, type: 'degraded' } } };

export const configuration = {
  device: 'unknown',
  clientType: 'html5',
  os: 'Unknown',
  requestor: {
    id: 'REF30',
    name: 'Reference 30',
    domains: [{ name: 'adobe.com', mvpdInitiated: false }],
    mvpds: [
      {
        id: 'Cablevision',
        displayName: 'Optimum',
        logoUrl: 'https://example.com/o.png',
        isTempPass: 'false',
      },
      { id: 'TempPass', displayName: 'TempPass', isTempPass: true, isProxy: false },
    ],
  },
};

export const session = {
  actionName: 'authenticate',
  actionType: 'interactive',
  reasonType: 'none',
  url: '/api/v2/authenticate/REF30/8ER640M',
  code: '8ER640M',
  sessionId: '1b614390-6610-4d14-9421-6565f6e75958',
  notBefore: '1733735289035',
  notAfter: '1733737089035',
};

const enhanced = (status: number, code: string, action: string): object => ({
  action,
  status,
  code,
  message: 'Something that a person reads.',
  helpUrl: 'https://experienceleague.adobe.com/docs/pass',
  trace: '12f6fef9-d2e0-422b-a9d7-60d799abe353',
});

/** Refusals, with the status that each is documented or seen with. */
export const refusals: readonly (readonly [status: number, body: object])[] = [
  [400, { error: 'invalid_request' }],
  [400, { error: 'invalid_redirect_uri' }],
  [400, { error: 'invalid_software_statement' }],
  [400, { error: 'unapproved_software_statement' }],
  [400, { error: 'invalid_client' }],
  [401, { error: 'invalid_client' }],
  [403, { error: 'invalid_client' }],
  [400, { error: 'unauthorized_client' }],
  [400, { error: 'invalid_refresh_token' }],
  [401, { error: 'access_denied' }],
  [401, {}],
  [401, enhanced(401, 'invalid_access_token_service_provider', 'application-registration')],
  [401, enhanced(401, 'invalid_access_token_client_application', 'application-registration')],
  [400, enhanced(400, 'invalid_header_device_identifier', 'none')],
  [400, enhanced(400, 'invalid_parameter_service_provider', 'none')],
  [403, enhanced(403, 'authenticated_profile_missing', 'authentication')],
  [403, enhanced(403, 'temporary_access_duration_limit_exceeded', 'authentication')],
  [403, enhanced(403, 'network_received_error', 'retry')],
  [403, enhanced(412, 'too_many_resources', 'none')],
  [500, enhanced(500, 'internal_server_error', 'none')],
  [500, enhanced(500, 'invalid_configuration_temporary_access', 'configuration')],
  [400, { error: enhanced(400, 'degraded_integration', 'none') }],
  [400, { errorCode: 'maximum_attempts_exceeded', message: { text: 'an object, as OpenAPI has it' } }],
];

export const pages = [
  '<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>openresty</center>\r\n</body>\r\n</html>\r\n',
  '<html><head></head><body></body></html>',
  '',
  ' \r\n',
  'null',
  '"text"',
  '[]',
] as const;
