/**
 * `unknown`: the client does not show it. `idle`: it connects when it is asked to. `connecting`: it is on its way, for the
 * first time or again. `closed`: it will not come by itself.
 */
export type ConnectionState = 'ready' | 'unknown' | 'idle' | 'connecting' | 'closed';

/** Sends a command to one node. */
export type NodeSend = (args: readonly string[]) => Promise<unknown>;

/** What differs between clients: how a command is sent, and what can be seen of the connection. */
export interface RedisDriver {
  /** Whether keys are spread over nodes that fail one by one. */
  readonly isCluster: boolean;
  /** Whether it goes where a node of a Cluster sends it. `unknown`: that is for whoever has made it. */
  readonly followsRedirections: boolean | 'unknown';
  /** What is not read-only goes to the primary that has the key. */
  send(key: string | undefined, isReadOnly: boolean, args: readonly string[]): Promise<unknown>;
  /** Every primary that the client knows. */
  primaries(): Promise<readonly NodeSend[]>;
  /** Whether `primaries` are sure to be all there are. */
  readonly knowsAllPrimaries: boolean;
  state(): ConnectionState;
  /** Whether the client is set to speak TLS, as far as it shows. */
  readonly speaksTls: boolean;
  /** Makes an idle client connect. */
  connect?: (() => void) | undefined;
  /** Where the client tells of its connections. Nothing else is listened to. */
  readonly events?: ClientEvents | undefined;
  /** Opens a further connection to the primary, if the client can. */
  readonly openConnection?: (() => Promise<OwnConnection>) | undefined;
  /** Makes the connection anew, and with it asks anew where its address leads. Resolves when that is done or under way. */
  readonly reconnect?: (() => Promise<void>) | undefined;
  /** Ends what the driver has opened itself. */
  readonly close?: (() => void) | undefined;
}

/** A connection that nobody else uses. It does not connect again once it has ended. */
export interface OwnConnection {
  /**
   * Sends commands one right after the other over this one connection, and none again over another: what a command
   * counts of those before it is true.
   */
  sendTogether(commands: readonly (readonly string[])[]): Promise<readonly PromiseSettledResult<unknown>[]>;
  isOpen(): boolean;
  close(): void;
}

export interface ClientEvents {
  readonly emitter: Emitter;
  /** What an event of the client means, by its name. */
  readonly meanings: Readonly<Record<string, EventMeaning>>;
  /** The process ends with the first error if nobody listens to `error`. */
  readonly diesOfErrors: boolean;
  /** Events whose first argument is an error of a connection. To hear `error` itself would be to hide that nobody does. */
  readonly errors: readonly (string | symbol)[];
}

/** `ready`: commands can be sent from now on. `lost`: a connection over which data is written has ended. */
export type EventMeaning = 'ready' | 'lost' | ((argument: unknown) => 'ready' | 'lost' | 'neither');

export interface Emitter {
  on(event: string | symbol, listener: (argument: unknown) => void): unknown;
  removeListener(event: string | symbol, listener: (argument: unknown) => void): unknown;
  listenerCount(event: string): number;
}

/** `value` as an emitter, if it is one. */
export function emitterOf(value: object): Emitter | undefined {
  const methods = ['on', 'removeListener', 'listenerCount'] as const;
  return methods.every((method) => methodOf(value, method) !== undefined) ? (value as Emitter) : undefined;
}

/** A method of a client, bound to it, if it has it. */
export function methodOf(client: object, name: string): ((...args: unknown[]) => unknown) | undefined {
  const method: unknown = client[name as never];
  if (typeof method !== 'function') return undefined;
  return (...args) => Reflect.apply(method, client, args) as unknown;
}
