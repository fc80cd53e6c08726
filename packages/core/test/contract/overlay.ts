/**
 * What Adobe's pages say beyond, or against, its OpenAPI files. The schemas of those alone accept `{}`; so here is what an
 * answer has to have, and each place where the files are not to be taken by the letter, with the number of the reading that
 * `../api/readings.test.ts` proves of the client, or else the page.
 */
export interface SchemaOverlay {
  /** Required beyond what the file says. */
  readonly required?: readonly string[];
  /** Not required, although the file says so. */
  readonly optional?: readonly string[];
  readonly nullable?: readonly string[];
  /** Schemas that stand in for those of the file. */
  readonly properties?: Readonly<Record<string, unknown>>;
}

const text = { type: 'string' };
const version = ['major', 'minor', 'patch', 'profile'];

export const schemas: Readonly<Record<string, SchemaOverlay>> = {
  // Page "Enhanced error codes". The file has `message` as an object; it is text in every sample.
  ErrorInformation: { required: ['action', 'status', 'code', 'message'], properties: { message: text } },
  // Pages of the sessions APIs. Q8: the times of a session are text.
  SessionResponse: { required: ['url'] },
  SessionStatusResponse: { required: ['existingParameters', 'device', 'notBefore', 'notAfter'] },
  // The sample of "Retrieve authentication session information" has these as null, and the address as text.
  Device: {
    required: ['type', 'model', 'version', 'hardware', 'operatingSystem', 'browser', 'display', 'connection'],
    nullable: ['model', 'applicationId'],
  },
  Hardware: {
    required: ['name', 'vendor', 'version', 'manufacturer'],
    nullable: ['name', 'vendor', 'manufacturer'],
  },
  OperatingSystem: { required: ['name', 'family', 'vendor', 'version'] },
  Browser: { required: ['name', 'vendor', 'version', 'userAgent', 'originalUserAgent'] },
  Display: { required: ['width', 'height', 'ppi'], nullable: ['vendor', 'version', 'diagonalSize'] },
  Connection: {
    required: ['ipAddress', 'port', 'secure', 'type'],
    nullable: ['type'],
    properties: { ipAddress: text },
  },
  Version: { required: version },
  // Q11: the list stands inside the requestor.
  ConfigurationResponse: { required: ['requestor'] },
  ProgrammerType: { required: ['id', 'name', 'domains', 'mvpds'] },
  Domain: { required: ['name', 'mvpdInitiated'] },
  MvpdType: { required: ['id', 'displayName'] },
  ProfilesResponse: { required: ['profiles'] },
  // Page "User metadata": a value is any JSON. The file has it as an object.
  UserMetadataResponse: { required: ['value', 'state'], properties: { value: {} } },
  // Q34: a decision may lack its times, a token has its own.
  DecisionsResponse: { required: ['decisions'] },
  MediaTokenResponse: { required: ['serializedToken', 'notBefore', 'notAfter'] },
  LogoutResponse: { required: ['logouts'] },
  retrieveAuthorizeDecisionsForMvpdUsingPOST_request: { required: ['resources'] },
  // Pages of dynamic client registration. The file lists a `refresh_token` (Q41), which no page has.
  ClientApplication: {
    required: ['client_id', 'client_secret', 'client_id_issued_at', 'redirect_uris', 'grant_types'],
  },
  ClientRegistrationAccessTokenResponse: {
    required: ['id', 'access_token', 'created_at', 'expires_in', 'token_type'],
  },
  // The page has the address as optional.
  ClientRegistrationRequest: { optional: ['redirect_uri'] },
};

/** Page "Retrieve client credentials": exactly one member, on the two paths of registration. */
export const registrationError = {
  type: 'object',
  properties: { error: text },
  required: ['error'],
  additionalProperties: false,
};

/** By the name that the file has for the operation. */
export interface OperationOverlay {
  /** Statuses that the file lacks. */
  readonly statuses?: readonly number[];
  /** Parameters of the file that may be absent. */
  readonly optional?: readonly string[];
  /** Headers in lower case that the file lacks. */
  readonly headers?: readonly string[];
  /** Fields of the form, where the file has them in the query. */
  readonly form?: readonly string[];
  /** A path in a successful answer; without its last field the answer must be refused. `*`: the first member. */
  readonly seed: readonly string[];
}

const device = ['ap-device-identifier', 'x-device-info'];

export const operations: Readonly<Record<string, OperationOverlay>> = {
  processSoftwareStatementUsingPOST: { seed: ['client_secret'] },
  // Q2: the parameters stand in the form.
  generateAccessTokenUsingPOST: {
    form: ['client_id', 'client_secret', 'grant_type'],
    seed: ['expires_in'],
    headers: ['x-device-info'],
  },
  // The page lists the two headers of the device as optional.
  handleRequestUsingGET: { headers: device, seed: ['requestor', 'mvpds', '*', 'displayName'] },
  createSessionUsingPOST: { seed: ['sessionId'] },
  // Q4: the device is not asked of a second screen.
  resumeSessionUsingPOST: { headers: device, seed: ['reasonType'] },
  getSessionStatusUsingGET_1: { headers: device, seed: ['device', 'hardware', 'vendor'] },
  // What a browser adds by itself.
  startAuthenticationUsingGET: { headers: ['accept-language', 'sec-fetch-mode'], seed: [] },
  getProfilesUsingGET_1: { seed: ['profiles', '*', 'issuer'] },
  // The page has 403 for a trial that is over, as that of the code.
  getProfileForMvpdUsingGET: { statuses: [403], seed: ['profiles', '*', 'attributes', '*', 'state'] },
  // Q4, and the header of a trial as the page has it.
  getProfileForCodeUsingGET_1: {
    statuses: [403],
    headers: [...device, 'ap-temppass-identity'],
    seed: ['profiles', '*', 'notAfter'],
  },
  // Q16: too many resources may be refused as a whole.
  retrievePreAuthorizeDecisionsForMvpdUsingPOST_1: { statuses: [403], seed: ['decisions', '*', 'source'] },
  retrieveAuthorizeDecisionsForMvpdUsingPOST: {
    statuses: [403],
    seed: ['decisions', '*', 'token', 'serializedToken'],
  },
  getLogoutForMvpdUsingGET: { seed: ['logouts', '*', 'actionType'] },
  retrieveVerificationTokenUsingPOST: { seed: ['actionType'] },
  // Q21: 201 for a new profile.
  createPartnerProfileUsingPOST: { statuses: [201], seed: ['profiles', '*', 'type'] },
};

/** The file lacks the address of the viewer, and what HTTP itself sends. */
export const headersOfAll: readonly string[] = [
  'x-forwarded-for',
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'accept-encoding',
  'accept',
  'user-agent',
];
