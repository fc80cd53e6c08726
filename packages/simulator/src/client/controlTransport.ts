import { invalidArgument, isSimulatorErrorCode, SimulatorError } from '../ground/simulatorError.js';
import type { Send } from '../verbs/verb.js';

export interface ConnectOptions {
  /** As printed by the simulator; needed when it listens on another address than loopback. */
  readonly controlToken?: string;
}

export interface ControlTransport {
  /** The origin of the simulator. */
  readonly base: string;
  readonly send: Send;
}

export function createControlTransport(url: string, { controlToken }: ConnectOptions): ControlTransport {
  if (!URL.canParse(url)) throw invalidArgument('url', 'the URL of a simulator', url);
  const base = new URL(url).origin;
  const authorization: Record<string, string> =
    controlToken === undefined ? {} : { Authorization: `Bearer ${controlToken}` };

  return {
    base,
    async send({ method, path }, members, signal) {
      const query = method === 'GET' ? queryOf(members) : '';
      const init: RequestInit =
        method === 'GET' ? { headers: authorization } : posted(members, authorization);
      let response: Response;
      let text: string;
      try {
        response = await fetch(`${base}/__simulator/${path}${query}`, { ...init, signal: signal ?? null });
        text = await response.text();
      } catch (cause) {
        signal?.throwIfAborted();
        throw new SimulatorError('control_unreachable', `no simulator answers at ${base}`, { cause });
      }
      if (!response.ok) throw refusal(response.status, text);
      return JSON.parse(text) as unknown;
    },
  };
}

function posted(members: object, headers: Readonly<Record<string, string>>): RequestInit {
  return {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(members),
  };
}

function queryOf(members: object): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(members))
    if (value !== undefined) given.set(name, String(value));
  return given.size === 0 ? '' : `?${given.toString()}`;
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
