import type { PassEnvironment } from '@pass-dcr/core';
import type { SignInPage } from './signIn.js';

/** Where the credentials of the devices are: on this host's disk, or in a Redis that all servers share. */
export type CacheSettings =
  { readonly kind: 'file'; readonly path: string } | { readonly kind: 'redis'; readonly url: string };

/** What the service needs to know, all of it from environment variables. */
export interface Settings {
  /** 0: any free port. */
  readonly port: number;
  /** How many proxies are in front, or their addresses. */
  readonly trustProxy: string | number | false;
  readonly environment: PassEnvironment;
  readonly baseUrl: string | undefined;
  readonly softwareStatement: string;
  readonly serviceProvider: string;
  readonly application: string;
  /** The first seals, all open. */
  readonly secrets: readonly string[];
  readonly cache: CacheSettings;
  readonly deviceTokenSecret: string;
  readonly signInPage: SignInPage;
}

type Env = Readonly<Record<string, string | undefined>>;

const environments: readonly PassEnvironment[] = [
  'release-production',
  'release-staging',
  'prequal-production',
  'prequal-staging',
  'local',
];

/** Reads the environment. @throws Error that lists everything that is wrong with it, and shows no value */
export function readSettings(env: Env): Settings {
  const problems: string[] = [];
  const required = (name: string, what: string): string => {
    const value = env[name]?.trim() ?? '';
    if (value === '') problems.push(`${name} is not set: ${what}`);
    return value;
  };
  const settings: Settings = {
    port: readPort(env['PORT'] ?? '3000', problems),
    trustProxy: readTrustProxy(env['TRUST_PROXY'] ?? '0', problems),
    environment: readEnvironment(env, problems),
    baseUrl: env['PASS_BASE_URL'],
    softwareStatement: required('PASS_SOFTWARE_STATEMENT', 'the software statement from the TVE Dashboard'),
    serviceProvider: required('PASS_SERVICE_PROVIDER', 'the channel as Adobe Pass knows it, such as REF30'),
    application: required(
      'PASS_APPLICATION',
      'a name for the registered application that never changes, such as tv',
    ),
    secrets: required(
      'PASS_SECRET',
      'at least 32 random characters; with commas between them, the current and older ones',
    )
      .split(',')
      .map((secret) => secret.trim()),
    cache: readCache(env, problems),
    deviceTokenSecret: required(
      'DEVICE_TOKEN_SECRET',
      'at least 32 random characters, others than PASS_SECRET',
    ),
    signInPage: readSignInPage(env, problems),
  };
  if (settings.deviceTokenSecret.length > 0 && settings.deviceTokenSecret.length < 32) {
    problems.push(
      `DEVICE_TOKEN_SECRET has ${settings.deviceTokenSecret.length} characters; at least 32 are needed`,
    );
  }
  if (settings.secrets.includes(settings.deviceTokenSecret))
    problems.push('DEVICE_TOKEN_SECRET is one of PASS_SECRET: who learned one would have both');
  if (problems.length > 0) throw new Error(`The environment is incomplete:\n  ${problems.join('\n  ')}`);
  return settings;
}

function readPort(value: string, problems: string[]): number {
  const port = Number(value);
  if (!/^\d+$/.test(value) || port > 65_535) problems.push('PORT must be an integer from 0 to 65535');
  return port;
}

/** Exactly one of two: two servers that keep their devices in different places would register each of them twice. */
function readCache(env: Env, problems: string[]): CacheSettings {
  const path = env['PASS_CACHE_PATH']?.trim() ?? '';
  const url = env['REDIS_URL']?.trim() ?? '';
  if (path === '' && url === '') {
    problems.push(
      'REDIS_URL and PASS_CACHE_PATH are not set: exactly one is needed, the URL of a Redis that all servers share, such as redis://127.0.0.1:6379, or a folder of its own on a local disk',
    );
  }
  if (path !== '' && url !== '')
    problems.push('REDIS_URL and PASS_CACHE_PATH are both set: exactly one says where the cache is');
  if (url !== '' && !isRedisUrl(url))
    problems.push(
      'REDIS_URL must be a URL that begins with redis:// or rediss://, such as redis://127.0.0.1:6379',
    );
  return url === '' ? { kind: 'file', path } : { kind: 'redis', url };
}

function isRedisUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return (protocol === 'redis:' || protocol === 'rediss:') && hostname !== '';
}

/** Both or none of them. Without them: those of the simulator's `REF30`. */
function readSignInPage(env: Env, problems: string[]): SignInPage {
  const domainName = env['SIGN_IN_DOMAIN']?.trim() ?? '';
  const redirectUrl = env['SIGN_IN_REDIRECT_URL']?.trim() ?? '';
  if (domainName === '' && redirectUrl === '')
    return { domainName: 'ref30.example', redirectUrl: 'https://ref30.example/signed-in' };
  if (domainName === '' || !URL.canParse(redirectUrl)) {
    problems.push(
      'SIGN_IN_DOMAIN and SIGN_IN_REDIRECT_URL must be set together: a domain of the service provider, and the absolute URL where the browser ends',
    );
  }
  return { domainName, redirectUrl };
}

/** Without PASS_ENVIRONMENT, a base URL means the simulator. */
function readEnvironment(env: Env, problems: string[]): PassEnvironment {
  const value = env['PASS_ENVIRONMENT'] ?? (env['PASS_BASE_URL'] === undefined ? '' : 'local');
  const environment = environments.find((known) => known === value);
  if (environment === undefined) problems.push(`PASS_ENVIRONMENT must be one of ${environments.join(', ')}`);
  return environment ?? 'local';
}

function readTrustProxy(value: string, problems: string[]): Settings['trustProxy'] {
  if (value === 'true') {
    problems.push(
      'TRUST_PROXY must not be true: every device could then choose its address. Say how many proxies there are, or which',
    );
  }
  if (value === 'false' || value === '0') return false;
  return /^\d+$/.test(value) ? Number(value) : value;
}
