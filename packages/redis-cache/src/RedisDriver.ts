/**
 * `unknown`: the client does not show it. `idle`: it connects when it is asked to. `connecting`: it is on its way, for the
 * first time or again. `closed`: it will not come by itself.
 */
export type ConnectionState = 'ready' | 'unknown' | 'idle' | 'connecting' | 'closed';

/** The one thing that differs between clients: how a command is sent, and what can be seen of the connection. */
export interface RedisDriver {
  /** Whether keys are spread over nodes that fail one by one. */
  readonly isCluster: boolean;
  /** What is not read-only goes to the primary that has the key. */
  send(key: string | undefined, isReadOnly: boolean, args: readonly string[]): Promise<unknown>;
  state(): ConnectionState;
  /** Makes an idle client connect. */
  connect?(): void;
  /** Where the client tells of its connections. Nothing else is listened to. */
  readonly events?: ClientEvents | undefined;
}

export interface ClientEvents {
  readonly emitter: Emitter;
  /** What an event of the client means, by its name. */
  readonly meanings: Readonly<Record<string, EventMeaning>>;
  /** The process ends with the first error if nobody listens to `error`. */
  readonly diesOfErrors: boolean;
}

/** `ready`: commands can be sent from now on. `lost`: a connection over which data is written has ended. */
export type EventMeaning = 'ready' | 'lost' | ((argument: unknown) => 'ready' | 'lost' | 'neither');

export interface Emitter {
  on(event: string, listener: (argument: unknown) => void): unknown;
  removeListener(event: string, listener: (argument: unknown) => void): unknown;
  listenerCount(event: string): number;
}

/** `value` as an emitter, if it is one. */
export function emitterOf(value: object): Emitter | undefined {
  const methods = ['on', 'removeListener', 'listenerCount'] as const;
  return methods.every((method) => method in value && typeof value[method as never] === 'function')
    ? (value as Emitter)
    : undefined;
}
