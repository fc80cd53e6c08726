import type { Simulator } from '../../src/index.js';

export type Members = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body, or undefined if it is no JSON. */
  readonly json: Members | undefined;
}

export interface CallOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly forwardedFor?: string;
  readonly signal?: AbortSignal;
}

/** A client that was written without reading the simulator: the protocol, by hand. */
export async function call(
  simulator: { readonly url: string },
  path: string,
  options: CallOptions = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body, forwardedFor, signal } = options;
  const response = await fetch(simulator.url + path, {
    method,
    headers: { ...headers, ...(forwardedFor === undefined ? {} : { 'X-Forwarded-For': forwardedFor }) },
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
    redirect: 'manual',
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): Members | undefined {
  try {
    return JSON.parse(text) as Members;
  } catch {
    return undefined;
  }
}

/** The value at a path of members, or undefined. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce(
    (inner, name) => (typeof inner === 'object' && inner !== null ? (inner as Members)[name] : undefined),
    value,
  );
}

export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  if (typeof found !== 'string') throw new Error(`no text at ${path.join('.')}`);
  return found;
}

/** Names of the members of an object. */
export function keysAt(value: unknown, ...path: readonly string[]): string[] {
  return Object.keys(at(value, ...path) as Members);
}

export interface Pair {
  readonly clientId: string;
  readonly clientSecret: string;
}

export function postRegister(
  simulator: { readonly url: string },
  body: unknown,
  options: CallOptions = {},
): Promise<Answer> {
  return call(simulator, '/o/client/register', {
    method: 'POST',
    ...options,
    headers: { 'Content-Type': 'application/json', ...options.headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

export function postToken(
  simulator: { readonly url: string },
  parameters: Record<string, string> | string,
  options: CallOptions = {},
): Promise<Answer> {
  return call(simulator, '/o/client/token', {
    method: 'POST',
    ...options,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...options.headers },
    body: new URLSearchParams(parameters).toString(),
  });
}

export function pairOf({ json }: Answer): Pair {
  return { clientId: textAt(json, 'client_id'), clientSecret: textAt(json, 'client_secret') };
}

export async function registered(
  simulator: Simulator,
  options: CallOptions & { readonly application?: string } = {},
): Promise<Pair> {
  const { application = 'tv', ...rest } = options;
  const answer = await postRegister(
    simulator,
    { software_statement: simulator.issueSoftwareStatement({ application }) },
    rest,
  );
  if (answer.status !== 201) throw new Error(`register answered ${answer.status}: ${answer.text}`);
  return pairOf(answer);
}

export function credentials({ clientId, clientSecret }: Pair): Record<string, string> {
  return { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials' };
}

export async function tokenFor(
  simulator: { readonly url: string },
  pair: Pair,
  options: CallOptions = {},
): Promise<string> {
  const answer = await postToken(simulator, credentials(pair), options);
  if (answer.status !== 201) throw new Error(`token answered ${answer.status}: ${answer.text}`);
  return textAt(answer.json, 'access_token');
}

export async function authenticated(
  simulator: Simulator,
  options: CallOptions = {},
): Promise<Pair & { readonly accessToken: string }> {
  const pair = await registered(simulator, options);
  return { ...pair, accessToken: await tokenFor(simulator, pair, options) };
}

export function deviceHeader(identifier: string | Uint8Array): string {
  return `fingerprint ${Buffer.from(identifier).toString('base64')}`;
}

export function deviceInfoHeader(info: unknown): string {
  return Buffer.from(JSON.stringify(info)).toString('base64');
}

export function getConfiguration(
  simulator: { readonly url: string },
  accessToken: string,
  options: CallOptions & { readonly serviceProvider?: string } = {},
): Promise<Answer> {
  const { serviceProvider = 'REF30', ...rest } = options;
  return call(simulator, `/api/v2/${serviceProvider}/configuration`, {
    ...rest,
    headers: { Authorization: `Bearer ${accessToken}`, ...rest.headers },
  });
}

export function getProfiles(
  simulator: { readonly url: string },
  accessToken: string,
  device: string,
  options: CallOptions & { readonly serviceProvider?: string } = {},
): Promise<Answer> {
  const { serviceProvider = 'REF30', ...rest } = options;
  return call(simulator, `/api/v2/${serviceProvider}/profiles`, {
    ...rest,
    headers: {
      Authorization: `Bearer ${accessToken}`,
      'AP-Device-Identifier': deviceHeader(device),
      ...rest.headers,
    },
  });
}
