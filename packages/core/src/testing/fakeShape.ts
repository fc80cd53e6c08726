import { nearestName } from '../nearestName.js';
import { PassError } from '../errors.js';
import type { PassClient } from '../PassClient.js';

/** The members of a client that a call goes through; a fake knows its device and service provider by itself. */
export type FakedClient = Omit<PassClient, 'device' | 'serviceProvider'>;

type Method = (...args: never[]) => unknown;

/** A method that answers with a promise, or at once. */
export type MethodKind = 'promise' | 'value';

/** Every method of `Api`, and of what it has below, by its kind. */
export type ShapeOf<Api> = {
  readonly [Name in keyof Api]-?: Api[Name] extends (...args: never[]) => PromiseLike<unknown>
    ? 'promise'
    : Api[Name] extends Method
      ? 'value'
      : ShapeOf<Api[Name]>;
};

export interface ShapeNode {
  readonly [name: string]: MethodKind | ShapeNode;
}

/** What clients have, for `fakePass`. Where a member is missing or too many, this does not compile. */
export const clientShape: ShapeOf<FakedClient> = {
  accessToken: 'promise',
  configuration: 'promise',
  sessions: { create: 'promise', resume: 'promise', retrieve: 'promise', authenticateUrl: 'value' },
  profiles: { all: 'promise', forMvpd: 'promise', forCode: 'promise', waitFor: 'promise' },
  decisions: { preauthorize: 'promise', authorize: 'promise' },
  partnerSso: { createSession: 'promise', createProfile: 'promise' },
  logout: 'promise',
  request: 'promise',
};

/** What a method comes to: that itself, or a function that is called with the arguments of the call. */
type Answer<Call extends Method> =
  Awaited<ReturnType<Call>> | ((...args: Parameters<Call>) => ReturnType<Call> | Awaited<ReturnType<Call>>);

type Answers<Api> = {
  readonly [Name in keyof Api]?: Api[Name] extends Method ? Answer<Api[Name]> : Answers<Api[Name]>;
};

/** The answers of a client, under the names of its members. A call that a test does not expect is left out. */
export interface FakeAnswers extends Answers<FakedClient> {}

export function isMethodKind(kind: MethodKind | ShapeNode): kind is MethodKind {
  return typeof kind === 'string';
}

/** Refuses answers to what clients do not have. @throws PassError `option_invalid` */
export function checkAnswers(answers: object, shape: ShapeNode = clientShape, path = 'fakePass'): void {
  for (const [name, answer] of Object.entries(answers) as [string, unknown][]) {
    const kind = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (kind === undefined) throw unknownName(name, Object.keys(shape), path);
    if (!isMethodKind(kind) && typeof answer === 'object' && answer !== null)
      checkAnswers(answer, kind, `${path}: ${name}`);
  }
}

function unknownName(name: string, names: readonly string[], path: string): PassError {
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? `there are ${names.join(', ')}` : `did you mean ${nearest}?`;
  return new PassError('option_invalid', `${path} has no ${name}; ${hint}`);
}
