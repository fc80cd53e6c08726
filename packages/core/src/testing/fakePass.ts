import { createHash } from 'node:crypto';
import { contextHeaders } from '../api/contextHeaders.js';
import { kindOf } from '../described.js';
import type { Device } from '../device/Device.js';
import { deviceHeaders } from '../device/deviceHeaders.js';
import { identifierBytes, validateIdentifier } from '../device/identifier.js';
import { PassError } from '../errors.js';
import type { Pass, Readiness, ResealSummary } from '../Pass.js';
import type { PassClient, PassContext } from '../PassClient.js';
import {
  passInternals,
  type InboundClient,
  type PassInternals,
  type PassWithInternals,
} from '../PassInternals.js';
import { createFakeClient } from './FakeClient.js';
import { checkAnswers, type FakeAnswers } from './fakeShape.js';

/** Members of the `Pass` itself, in the place of the fake's own. */
export type FakePassMembers = Partial<Omit<Pass, 'client' | typeof Symbol.asyncDispose>>;

/**
 * A `Pass` for unit tests of one's own handlers: its clients answer what the test says, with no cache, no Adobe Pass and
 * no I/O. Every adapter takes it. Devices and contexts are checked as by any other `Pass`, and without a device every
 * call of a client rejects with `device_missing`.
 *
 * An answer is a value, or a function that is called with the arguments of the call; what it throws, such as a
 * `PassError`, the caller gets. The answers may come from a function of the device. A call without an answer rejects with an
 * error that names it. Only `accessToken` has one by itself; told a function for it, an adapter waits for that before the
 * handler runs, as it does for a device whose token is not in memory.
 *
 * `readiness()` says ready, `restore()` false, and the other methods for operators do nothing, unless `members` has them.
 * @throws PassError `option_invalid`: an answer to what clients do not have
 *
 * @example
 * const pass = fakePass({ profiles: { all: [] } });
 * app.use(passMiddleware(pass, { device: () => ({ identifier: 'tv-1' }) }));
 */
export function fakePass(
  answers: FakeAnswers | ((device: Device) => FakeAnswers) = {},
  members: FakePassMembers = {},
): Pass {
  const { serviceProvider = 'REF30' } = members;
  const checked = (given: FakeAnswers): FakeAnswers => {
    checkAnswers(given);
    return { accessToken: 'fake-access-token', ...given };
  };
  const answersOf =
    typeof answers === 'function' ? (device: Device) => checked(answers(device)) : always(checked(answers));
  const made: WeakSet<object> = new WeakSet();
  const client = (device: Device | undefined, context: PassContext | undefined): InboundClient => {
    const fake = createFakeClient({ serviceProvider, device, context, answersOf });
    made.add(fake);
    return fake;
  };
  const internals: PassInternals = {
    client,
    owns: (value): value is InboundClient => typeof value === 'object' && value !== null && made.has(value),
    warn: () => {},
  };
  const pass: PassWithInternals = {
    ...idlePass,
    client(device, context): PassClient {
      checkSendable(device, context);
      return client(device, context);
    },
    async authenticate(device, options): Promise<void> {
      await this.client(device).accessToken(options);
    },
    ...members,
    serviceProvider,
    async [Symbol.asyncDispose](): Promise<void> {
      await this.close();
    },
    get [passInternals](): PassInternals {
      return internals;
    },
  };
  return Object.freeze(pass);
}

const always =
  <Value>(value: Value): (() => Value) =>
  () =>
    value;

/** What a fake has nothing to do for. */
const idlePass = {
  readiness: async (): Promise<Readiness> => ({
    ready: true,
    findings: [],
    writes: { durable: 0, uncertain: 0 },
  }),
  restore: async (): Promise<boolean> => false,
  allowRegistration: async (): Promise<void> => {},
  retryStatement: async (): Promise<void> => {},
  forget: async (): Promise<void> => {},
  tagOf({ identifier }: Pick<Device, 'identifier'>): string {
    validateIdentifier(identifier);
    return createHash('sha256').update(identifierBytes(identifier)).digest('base64url').slice(0, 22);
  },
  reseal: async (): Promise<ResealSummary> => ({
    ...{ examined: 0, resealed: 0, current: 0, changed: 0, unreadable: 0, failed: 0 },
    complete: true,
  }),
  allowReplacement: async (): Promise<void> => {},
  close: async (): Promise<void> => {},
};

/** @throws PassError as `pass.client()` does */
function checkSendable(device: Device, context: PassContext | undefined): void {
  const given: unknown = device;
  if (typeof given !== 'object' || given === null) {
    throw new PassError(
      'device_missing',
      `device must be an object with an identifier, received ${kindOf(given)}`,
    );
  }
  deviceHeaders(device);
  contextHeaders(context);
}
