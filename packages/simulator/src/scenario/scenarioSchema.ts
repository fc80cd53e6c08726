import { errorCodes } from '../ground/errorCatalogue.js';
import type { JsonSchema } from '../ground/jsonSchema.js';
import {
  ratings,
  type ApplicationOptions,
  type MvpdOptions,
  type ResourceOptions,
  type ScenarioOptions,
  type ServiceProviderOptions,
  type ShownMvpd,
  type TemporaryAccessOptions,
  type ViewerOptions,
} from './scenario.js';

/** One schema for each member of the type: neither can have one that the other lacks. */
type Members<Options> = { readonly [Name in keyof Required<Options>]: JsonSchema };

const name: JsonSchema = { type: 'string', minLength: 1 };
const text: JsonSchema = { type: 'string' };
const flag: JsonSchema = { type: 'boolean' };
const names: JsonSchema = { type: 'array', items: name };
const seconds: JsonSchema = { type: 'number', minimum: 1, maximum: 10 ** 10, description: 'Seconds.' };
const milliseconds: JsonSchema = {
  type: 'integer',
  minimum: 0,
  maximum: 600_000,
  description: 'Real milliseconds.',
};
const count: JsonSchema = { type: 'integer', minimum: 1, maximum: 10_000 };
const anything: JsonSchema = { type: 'object' };
const code: JsonSchema = { type: 'string', enum: errorCodes };
const rating: JsonSchema = { type: 'string', enum: ratings };

function members<Options>(properties: Members<Options>, required: readonly string[] = []): JsonSchema {
  return { type: 'object', properties, required, additionalProperties: false };
}

function describe(description: string, schema: JsonSchema): JsonSchema {
  return { ...schema, description };
}

const application = members<ApplicationOptions>(
  {
    name: describe('Stable name; the id in its statements is derived from it unless given.', name),
    id: name,
    serviceProviders: describe('Channels whose API its tokens open. Default: all.', names),
    scopes: names,
    redirectDomains: names,
    grantTypes: { type: 'array', items: text },
  },
  ['name'],
);

const shown: Members<ShownMvpd> = {
  displayName: name,
  logoUrl: name,
  authPerAggregator: flag,
  authPerBrowserSession: flag,
  passiveAuthnEnabled: flag,
  boardingStatus: describe('SUPPORTED: part of the sign-in of the platform (Apple).', name),
  platformMappingId: describe("The provider's id in the platform's own account picker.", name),
  enablePlatformServices: flag,
  displayInPlatformPicker: flag,
  enforcePlatformPermissions: flag,
};

const viewer = members<ViewerOptions>(
  {
    name,
    password: describe('Default: the name.', name),
    refused: describe('The login page refuses this account.', {
      type: 'string',
      enum: ['locked', 'noPackage'],
    }),
    entitlements: describe('Resources that may be watched. Default: those of the MVPD.', names),
    maxRating: rating,
    attributes: describe('User metadata.', anything),
    decision: describe('The answer of every decision about this viewer.', code),
  },
  ['name'],
);

const temporaryAccess = members<TemporaryAccessOptions>(
  {
    durationSeconds: seconds,
    resources: describe('How many different resources. Default: any number.', count),
    identityKey: describe('The member of AP-TempPass-Identity that identifies the viewer.', name),
  },
  ['durationSeconds'],
);

const mvpd = members<MvpdOptions>(
  {
    ...shown,
    id: name,
    active: describe('False: known, but without an active integration.', flag),
    isTempPass: flag,
    isProxy: flag,
    proxy: describe('Id of the MVPD that it is reached through.', name),
    platforms: describe(
      'Where it is listed: platforms, categories, hardware types or systems. Default: everywhere.',
      names,
    ),
    onPlatform: describe('What is shown otherwise on a platform.', {
      type: 'object',
      additionalProperties: members<ShownMvpd>(shown),
    }),
    profileLifeSeconds: describe('How long a sign-in lasts. Default: 30 days.', seconds),
    authorizationLifeSeconds: describe('How long a decision holds. Default: 1 day.', seconds),
    login: { type: 'string', enum: ['redirect', 'form'] },
    logout: { type: 'string', enum: ['page', 'redirect', 'none'] },
    delayMs: milliseconds,
    viewers: { type: 'array', items: viewer },
    entitlements: describe('Resources that its viewers may watch. Default: all.', names),
    attributes: describe('User metadata of all its viewers.', anything),
    encryptedAttributes: describe('Those whose values are encrypted.', names),
    temporaryAccess,
    misconfigured: describe('The answer of every call that names it.', code),
    decision: describe('The answer of every decision.', code),
  },
  ['id'],
);

const resource = members<ResourceOptions>(
  {
    id: name,
    rating,
    free: describe('Not gated by any MVPD: preauthorize leaves it out of its answer.', flag),
    decision: describe('The answer of every decision about it.', code),
  },
  ['id'],
);

const serviceProvider = members<ServiceProviderOptions>(
  {
    id: describe('Case-sensitive, as it appears in paths.', name),
    name,
    domains: names,
    mvpds: { type: 'array', items: mvpd },
    resources: { type: 'array', items: resource },
    maxPreauthorizeResources: describe('Default: 5.', count),
    maxAuthorizeResources: describe('Default: 1.', count),
  },
  ['id'],
);

/** Of a scenario, as a file and as options. */
export const scenarioSchema: JsonSchema = members<ScenarioOptions>({
  applications: { type: 'array', items: application },
  serviceProviders: { type: 'array', items: serviceProvider },
  viewers: describe('Those of every MVPD that names no others.', { type: 'array', items: viewer }),
});

/** Of a scenario file, which may name its schema: published as `scenario.schema.json`, and what `init` writes for editors. */
export const scenarioFileSchema: JsonSchema & { readonly $schema: string; readonly title: string } = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Scenario of the Adobe Pass simulator',
  ...scenarioSchema,
  properties: { $schema: text, ...scenarioSchema.properties },
};
