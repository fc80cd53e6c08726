import { kindOf } from '../described.js';
import { PassError } from '../errors.js';

/**
 * Which Adobe Pass. "Release" runs the current build, "prequal" the next; "production" and "staging" say which identity
 * providers it talks to. `'local'` is for the simulator and requires `baseUrl`. Nothing is shared between environments.
 */
export type PassEnvironment =
  'release-production' | 'release-staging' | 'prequal-production' | 'prequal-staging' | 'local';

/** The hosts that serve both `/o/client/*` and `/api/v2/*`, from the servers of Adobe's OpenAPI files. */
const environmentUrls: Readonly<Record<Exclude<PassEnvironment, 'local'>, string>> = {
  'release-production': 'https://sp.auth.adobe.com/',
  'release-staging': 'https://sp.auth-staging.adobe.com/',
  'prequal-production': 'https://sp-prequal.auth.adobe.com/',
  'prequal-staging': 'https://sp-prequal.auth-staging.adobe.com/',
};

/** The hosts of the management APIs. */
const managementUrls: Readonly<Record<Exclude<PassEnvironment, 'local'>, string>> = {
  'release-production': 'https://mgmt.auth.adobe.com/',
  'release-staging': 'https://mgmt.auth-staging.adobe.com/',
  'prequal-production': 'https://mgmt-prequal.auth.adobe.com/',
  'prequal-staging': 'https://mgmt-prequal.auth-staging.adobe.com/',
};

/**
 * Where the management APIs are: `managementBaseUrl`, else `baseUrl`, else the environment's host.
 * @throws PassError `option_invalid`
 */
export function resolveManagementUrl(
  environment: PassEnvironment,
  baseUrl: URL | undefined,
  managementBaseUrl: unknown,
): URL {
  if (managementBaseUrl !== undefined) return readBaseUrl(managementBaseUrl, 'managementBaseUrl');
  if (baseUrl !== undefined || environment === 'local') return resolveBaseUrl(environment, baseUrl);
  return new URL(managementUrls[environment]);
}

/**
 * Where Adobe Pass is: the environment's host, or `baseUrl` in its place.
 * @throws PassError `option_invalid`
 */
export function resolveBaseUrl(environment: PassEnvironment, baseUrl?: unknown): URL {
  if (baseUrl === undefined) {
    if (environment === 'local') {
      throw new PassError(
        'option_invalid',
        "baseUrl is required with environment 'local', received undefined",
      );
    }
    return new URL(environmentUrls[environment]);
  }
  return readBaseUrl(baseUrl, 'baseUrl');
}

function readBaseUrl(baseUrl: unknown, name: string): URL {
  const invalid = (problem: string): never => {
    throw new PassError('option_invalid', `${name} ${problem}`);
  };
  const url = parseUrl(baseUrl, invalid);
  // Nothing of it is quoted: what is wrong may be a password.
  if (url.username !== '' || url.password !== '') invalid('must not contain a user name or password');
  if (url.pathname !== '/') invalid('must be scheme, host and port only, received a path too');
  if (url.search !== '') invalid('must be scheme, host and port only, received a query too');
  if (url.hash !== '') invalid('must be scheme, host and port only, received a fragment too');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    invalid(`must use https: except towards this machine, received http: and the host ${url.hostname}`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    invalid('must begin with https://');
  }
  return new URL(url.origin);
}

function parseUrl(baseUrl: unknown, invalid: (problem: string) => never): URL {
  const text = baseUrl instanceof URL ? baseUrl.href : baseUrl;
  if (typeof text !== 'string') return invalid(`must be a URL, received ${kindOf(baseUrl)}`);
  if (!URL.canParse(text)) return invalid(`must be a URL, received ${text.length} characters that are none`);
  return new URL(text);
}

/** Only names and addresses that never leave the machine: RFC 6761 §6.3 for `localhost`. */
function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    // The URL parser has already put every spelling of an IPv4 address into four decimal parts.
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}
