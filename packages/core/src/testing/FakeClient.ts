import type { Device } from '../device/Device.js';
import { PassError } from '../errors.js';
import { clientBrand } from '../isPassClient.js';
import type { PassContext } from '../PassClient.js';
import type { InboundClient } from '../PassInternals.js';
import { clientShape, isMethodKind, type FakeAnswers, type ShapeNode } from './fakeShape.js';

export interface FakeClientParts {
  readonly serviceProvider: string;
  readonly device: Device | undefined;
  readonly context: PassContext | undefined;
  readonly answersOf: (device: Device) => FakeAnswers;
}

/** A client whose calls come to what the test says. Its resources are those of `clientShape`. */
export function createFakeClient(parts: FakeClientParts): InboundClient {
  return Object.assign(
    new FakeClient(parts),
    fakedMembers(clientShape, [], parts),
  ) as unknown as InboundClient;
}

class FakeClient {
  readonly #parts: FakeClientParts;

  static {
    Object.defineProperty(this.prototype, clientBrand, { value: true });
  }

  constructor(parts: FakeClientParts) {
    this.#parts = parts;
  }

  get device(): Device {
    const { identifier, info, address, port, userAgent } = deviceOf(this.#parts);
    return { identifier, info, address, port, userAgent };
  }

  get serviceProvider(): string {
    return this.#parts.context?.serviceProvider ?? this.#parts.serviceProvider;
  }

  /** An answer that is not there yet is one that an adapter waits for. */
  needsToken(): boolean {
    const { device, answersOf } = this.#parts;
    return device !== undefined && typeof answersOf(device).accessToken === 'function';
  }
}

function fakedMembers(shape: ShapeNode, path: readonly string[], parts: FakeClientParts): object {
  const members = Object.entries(shape).map(([name, kind]): [string, unknown] => {
    const own = [...path, name];
    if (!isMethodKind(kind)) return [name, fakedMembers(kind, own, parts)];
    const answer = (...args: readonly unknown[]): unknown => answerTo(own, args, parts);
    return [name, kind === 'promise' ? async (...args: readonly unknown[]) => await answer(...args) : answer];
  });
  return Object.fromEntries(members);
}

function answerTo(path: readonly string[], args: readonly unknown[], parts: FakeClientParts): unknown {
  let found: unknown = parts.answersOf(deviceOf(parts));
  for (const name of path) {
    // What is there may be undefined, as the profile of somebody who is not signed in.
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, name)) throw noAnswer(path);
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return typeof found === 'function' ? (found as (...given: readonly unknown[]) => unknown)(...args) : found;
}

function noAnswer(path: readonly string[]): Error {
  const example = path.reduceRight((inner, name) => `{ ${name}: ${inner} }`, '…');
  return new Error(`fakePass has no answer for ${path.join('.')}(); give it one, as in fakePass(${example})`);
}

function deviceOf({ device }: FakeClientParts): Device {
  if (device !== undefined) return device;
  throw new PassError('device_missing', 'the request names no device, so there is no client for it');
}
