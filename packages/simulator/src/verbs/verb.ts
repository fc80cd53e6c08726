import type { Members } from '../ground/input.js';
import type { World } from '../world.js';

/** A route of the control API, as its server needs it. */
export interface ControlRoute {
  /** GET reads, and is sent a query, all text; POST changes, and is sent a JSON body. */
  readonly method: 'GET' | 'POST';
  /** Below `/__simulator/`. */
  readonly path: string;
  /** JSON, or a promise of it. */
  readonly answer: (world: World, sent: Members) => unknown;
}

export interface Route<Input, Answer> extends ControlRoute {
  readonly run: Run<Input, Answer>;
  readonly encode: (input: Input) => object;
}

type Parse<Input> = (sent: Members) => Input;
type Run<Input, Answer> = (world: World, input: Input) => Answer;

export function get<Input extends object, Answer>(
  path: string,
  parse: Parse<Input>,
  run: Run<Input, Answer>,
): Route<Input, Answer> {
  return { method: 'GET', path, run, encode: asIs, answer: (world, sent) => run(world, parse(sent)) };
}

/** `encode`: for what JSON has no word for. */
export function post<Input extends object, Answer>(
  path: string,
  parse: Parse<Input>,
  run: Run<Input, Answer>,
  encode: (input: Input) => object = asIs,
): Route<Input, Answer> {
  return { method: 'POST', path, run, encode, answer: (world, sent) => run(world, parse(sent)) };
}

export function asIs<Value>(value: Value): Value {
  return value;
}

/** Sends to a control API; resolves with its answer. */
export type Send = (
  route: Pick<ControlRoute, 'method' | 'path'>,
  members: object,
  signal: AbortSignal | undefined,
) => Promise<unknown>;

/** How a method is asked of another process. */
export interface RemoteVerb<Args extends readonly unknown[], Result> {
  readonly there: (send: Send, ...args: Args) => Promise<Result>;
}

/** `request` makes the route's input of what the caller gives, `result` what the caller gets of the route's answer. */
export function remoteVerb<Args extends readonly unknown[], Input, Answer, Result>(
  route: Route<Input, Answer>,
  request: (...args: Args) => Input,
  result: (answer: Awaited<Answer>) => Result,
  signalOf?: (...args: Args) => AbortSignal | undefined,
): RemoteVerb<Args, Result> {
  return {
    there: async (send, ...args) => {
      const answer = await send(route, route.encode(request(...args)), signalOf?.(...args));
      // Both ends are made of one route, so this is what its `run` returned.
      return result(answer as Awaited<Answer>);
    },
  };
}

/** How a method is asked of another process, and carried out in this one. */
export interface Verb<Args extends readonly unknown[], Result> extends RemoteVerb<Args, Result> {
  readonly here: (world: World, ...args: Args) => Result;
}

export function verb<Args extends readonly unknown[], Input, Answer, Result>(
  route: Route<Input, Answer>,
  request: (...args: Args) => Input,
  result: (answer: Answer | Awaited<Answer>) => Result,
): Verb<Args, Result> {
  return {
    ...remoteVerb(route, request, result),
    here: (world, ...args) => result(route.run(world, request(...args))),
  };
}

/** One for each method of an interface. */
export type VerbsOf<Local> = {
  readonly [Name in keyof Local]: Local[Name] extends (...args: infer Args) => infer Result
    ? Verb<Args, Result>
    : never;
};

/** One for each method of an interface of promises. */
export type RemoteVerbsOf<Remote> = {
  readonly [Name in keyof Remote]: Remote[Name] extends (...args: infer Args) => Promise<infer Result>
    ? RemoteVerb<Args, Result>
    : never;
};

/** The interface that the verbs were made for, carried out on this world. */
export function bindHere<Local>(verbs: VerbsOf<Local>, world: World): Local {
  return bind(verbs as unknown as Table<Verb<never[], unknown>>, ({ here }, args) =>
    here(world, ...args),
  ) as Local;
}

/** The interface that the verbs were made for, asked of another process. */
export function bindThere<Remote>(verbs: RemoteVerbsOf<Remote>, send: Send): Remote {
  return bind(verbs as unknown as Table<RemoteVerb<never[], unknown>>, ({ there }, args) =>
    there(send, ...args),
  ) as Remote;
}

/** Whatever each takes and gives: the types above know, and here only the names count. */
type Table<Each> = Readonly<Record<string, Each>>;

function bind<Each>(verbs: Table<Each>, call: (verb: Each, args: never[]) => unknown): unknown {
  return Object.fromEntries(
    Object.entries(verbs).map(([name, each]) => [name, (...args: never[]) => call(each, args)]),
  );
}
