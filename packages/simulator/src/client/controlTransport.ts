import { invalidArgument, isSimulatorErrorCode, SimulatorError } from '../ground/simulatorError.js';

export interface ConnectOptions {
  /** As printed by the simulator; needed when it listens on another address than loopback. */
  readonly controlToken?: string;
}

type QueryValue = string | number | boolean | undefined;

export interface ControlTransport {
  readonly url: string;
  get<Result>(
    route: string,
    query: Readonly<Record<string, QueryValue>>,
    signal?: AbortSignal,
  ): Promise<Result>;
  post<Result>(route: string, input: object): Promise<Result>;
}

export function createControlTransport(url: string, { controlToken }: ConnectOptions): ControlTransport {
  if (!URL.canParse(url)) throw invalidArgument('url', 'the URL of a simulator', url);
  const base = new URL(url).origin;
  const authorization: Record<string, string> =
    controlToken === undefined ? {} : { Authorization: `Bearer ${controlToken}` };

  async function send<Result>(route: string, init: RequestInit): Promise<Result> {
    let response: Response;
    let body: string;
    try {
      response = await fetch(`${base}/__simulator/${route}`, {
        ...init,
        headers: { ...authorization, ...(init.headers as Record<string, string> | undefined) },
      });
      body = await response.text();
    } catch (cause) {
      init.signal?.throwIfAborted();
      throw new SimulatorError('control_unreachable', `no simulator answers at ${base}`, { cause });
    }
    if (!response.ok) throw refusal(response.status, body);
    return JSON.parse(body) as Result;
  }

  return {
    url: base,
    get: (route, query, signal) => send(withQuery(route, query), signal === undefined ? {} : { signal }),
    post: (route, input) =>
      send(route, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(input),
      }),
  };
}

function withQuery(route: string, query: Readonly<Record<string, QueryValue>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? route : `${route}?${given.toString()}`;
}

function refusal(status: number, body: string): SimulatorError {
  const { error, message } = parseRefusal(body);
  if (isSimulatorErrorCode(error)) return new SimulatorError(error, String(message));
  return new SimulatorError(
    'control_refused',
    `the simulator answered ${status}: ${body.trim().slice(0, 200)}`,
  );
}

function parseRefusal(body: string): { readonly error?: unknown; readonly message?: unknown } {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
