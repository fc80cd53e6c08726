import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { collectSuite } from './collectSuite.js';
import { serveWith, type Fault } from './serveWith.js';

const correct = collectSuite({ serve: serveWith() });

const [attackedWithoutProxy = '', attackedOnThisHost = '', attackedTwice = ''] = correct.report.cases.filter(
  (name) => name.includes('attacks on address and identity'),
);

const rejections: readonly (readonly [Fault, ...failing: string[]])[] = [
  [
    'trusts the first of X-Forwarded-For',
    attackedWithoutProxy,
    attackedOnThisHost,
    attackedTwice,
    'one proxy that writes ports: the address that it saw goes with every call',
    'no trusted proxy: nothing that a request claims of its address reaches Adobe Pass',
    'proxies on this host: the address before them goes with every call',
    'one proxy: the address that it saw goes with every call',
    'two proxies: the address that the first one saw goes with every call',
  ],
  [
    'trusts the last of X-Forwarded-For',
    'no trusted proxy: nothing that a request claims of its address reaches Adobe Pass',
    'several proxies on this host: the address before them goes with every call',
    'two proxies: the address that the first one saw goes with every call',
  ],
  [
    'trusts X-Real-IP',
    attackedWithoutProxy,
    attackedOnThisHost,
    attackedTwice,
    'no trusted proxy: nothing that a request claims of its address reaches Adobe Pass',
  ],
  [
    'trusts no proxy',
    'an IPv4 client that a proxy names in IPv6 goes with every call',
    'proxies on this host: the address before them goes with every call',
    'one proxy: the address that it saw goes with every call',
  ],
  [
    'trusts proxies with IPv4 addresses only',
    'an IPv6 socket of a trusted proxy: the client that it names',
    'several proxies on this host: the address before them goes with every call',
  ],
  [
    'knows IPv4 addresses only',
    'an IPv6 client behind a proxy goes with every call',
    "a client on ::1 without proxy: its address and port are the socket's",
  ],
  [
    'writes the address of an IPv4 peer in another way than the socket',
    "a client on 127.0.0.1 without proxy: its address and port are the socket's",
  ],
  [
    'takes a port for a part of the address',
    'proxies on this host that write ports: the address before them goes with every call',
  ],
  [
    'refuses an address that it cannot read',
    'an address that cannot be read refuses nobody, and none is sent',
  ],
  ['makes an address up', 'a trusted proxy that names no client: no address is sent'],
  [
    "takes a proxy's port for the client's",
    "behind proxies (loopback) the port is not the client's, and is not sent",
    "behind proxies (1) the port is not the client's, and is not sent",
  ],
  [
    'prefers the address of the request',
    'an address and a port that device names count more than those of the request',
  ],
  [
    'reads headers as they are spelt',
    'User-Agent goes with every call for the device',
    'well-formed single sign-on tokens are forwarded',
  ],
  [
    'tidies headers',
    'a single sign-on token that is malformed, empty, is left out',
    'a single sign-on token that is malformed, of two words, is left out',
    'a single sign-on token that is malformed, with a sign beyond ASCII, is left out',
    'a single sign-on token that is malformed, with a control character, is left out',
    'a single sign-on token that is malformed, longer than 4 kB, is left out',
  ],
  ['takes the first of several headers', 'a single sign-on token that is malformed, sent twice, is left out'],
  ['forwards what names a visitor', 'nothing else of the request is forwarded'],
  [
    'shares one client among requests',
    '200 requests of 20 devices at once: one registration and one token for each device, and its own answer',
    'devices that share a connection do not share a client',
  ],
  ['keeps a client for a connection', 'devices that share a connection do not share a client'],
  [
    'tells devices apart by connection',
    'several requests of a device share one registration and one token',
    'what a client waited for that hung up is there for the next',
  ],
  [
    'runs the handler before the token is there',
    'eager: a device has its token before the handler runs, also where the handler needs none',
    'a failed authentication is a problem with our status and no detail, and the handler does not run',
    'mounted lazily and then eagerly, it is eager',
  ],
  ['is always eager', 'lazy: Adobe Pass is asked nothing until the handler needs it'],
  ['takes a promise for no device', 'device may take its time'],
  [
    'refuses who has no device',
    'eager, without a device: routes that need none are open',
    'lazy, without a device: routes that need none are open',
  ],
  [
    'attaches nothing without a device',
    'eager, without a device: routes that need none are open',
    'lazy, without a device: a route that needs one is answered 400, and Adobe Pass is not asked',
  ],
  [
    'takes a failure with nothing for success',
    'device fails with null: an error all the same, and the handler does not run',
    'device fails with undefined: an error all the same, and the handler does not run',
  ],
  [
    'takes a failure with a word for an instruction',
    'device fails with route: an error all the same, and the handler does not run',
    'device fails with router: an error all the same, and the handler does not run',
  ],
  ['ignores "as"', 'two instances under two names each use their own registered application'],
  [
    'overwrites a taken property',
    'another instance under a name that is taken is property_taken, and the handler does not run',
    'mounted twice, one instance does everything once',
  ],
  [
    'leaves property_taken unnoticed',
    'another instance under a name that is taken is property_taken, and the handler does not run',
  ],
  [
    'looks at the first mount only',
    'mounted lazily and then eagerly, it is eager',
    'mounted twice with two device functions, of which one would not be asked: option_invalid, and the handler does not run',
  ],
  [
    'takes what a device says of itself for who it is',
    attackedWithoutProxy,
    attackedOnThisHost,
    attackedTwice,
  ],
  ['authenticates OPTIONS', 'OPTIONS is never authenticated'],
  ['does not serve HEAD', 'HEAD is served as GET, without a body'],
  [
    'authenticates every route',
    'a route that the adapter is not mounted for has no client, and authenticates nobody',
  ],
  [
    'attaches to every route without authenticating',
    'a route that the adapter is not mounted for has no client, and authenticates nobody',
    'getPass on a route without the adapter says middleware_missing',
  ],
  ['fails for an unknown route', 'an unknown route is 404, with a device and without'],
  [
    'reads the body before the handler',
    'a body with a length reaches the handler untouched',
    'a body in chunks reaches the handler untouched',
  ],
  ['waits for the whole body', 'the handler runs before the body has ended'],
  [
    'lets the body flow',
    'a body that arrives while the device waits for its token is whole',
    'a handler that waits before it reads finds the whole body',
  ],
  [
    'lets one that hangs up fail all that wait',
    'a client that hangs up while it waits ends its own wait only',
  ],
  [
    'does not notice who hangs up',
    'a client that hangs up while it waits ends its own wait only',
    'a client that hangs up ends the calls that its handler waits for',
  ],
  [
    'ends a client with its response',
    'the client is usable after the response and its connection have ended',
  ],
  ['answers no hang-up', 'a request that shares the call of one that hung up is answered'],
  [
    "answers Adobe's status",
    "Adobe's 401 does not reach the caller",
    "Adobe's 403 does not reach the caller",
  ],
  [
    'answers 500 for everything',
    'eager, without a device: a route that needs one is answered 400, and Adobe Pass is not asked',
    "a device identifier that cannot be used is the caller's fault, and Adobe Pass is not asked",
    'after close a request is turned away, and one that needs no device is served',
  ],
  [
    'tells every detail',
    'a failed authentication is a problem with our status and no detail, and the handler does not run',
  ],
  ['tells no detail', "a problem that is the caller's fault says what is wrong"],
  [
    'forgets Retry-After',
    'Retry-After says when to come back, also where the handler never ran',
    'close turns away the requests that wait, the server ends, and nothing is left unhandled',
  ],
  [
    'lets answers be stored',
    'a failed authentication is a problem with our status and no detail, and the handler does not run',
    "a problem that is the caller's fault says what is wrong",
  ],
  [
    'answers plain JSON',
    'eager, without a device: a route that needs one is answered 400, and Adobe Pass is not asked',
    'HEAD is served as GET, without a body',
  ],
  [
    'answers every error as a problem',
    "a handler's own 404 and 500 stay its own",
    "an error that device throws goes to the framework's error handling",
  ],
  [
    'keeps errors to itself',
    "an error that device throws goes to the framework's error handling",
    "an error that device rejects with goes to the framework's error handling",
  ],
  [
    'serves without a token when closed',
    'after close a request is turned away, and one that needs no device is served',
  ],
  [
    'takes a shutdown for a failure of its own',
    'close turns away the requests that wait, the server ends, and nothing is left unhandled',
  ],
  [
    'leaves a rejection unhandled',
    'close turns away the requests that wait, the server ends, and nothing is left unhandled',
  ],
  [
    'answers undefined where the middleware is missing',
    'getPass on a route without the adapter says middleware_missing',
  ],
];

describe('the suite', () => {
  it('leaves no case out, and names each once', () => {
    expect(correct.skipped).toEqual([]);
    expect(correct.report.skipped).toEqual([]);
    expect(new Set(correct.report.cases).size).toBe(correct.report.cases.length);
  });

  it('has no case that every broken adapter passes', () => {
    const rejecting = new Set(rejections.flatMap(([, ...failing]) => failing));
    expect(correct.report.cases.filter((name) => !rejecting.has(name))).toEqual([]);
  });

  it.each(correct.report.cases)('passes an adapter that keeps every rule: %s', async (name) => {
    expect(await correct.run(name)).toBeUndefined();
  });

  it('reports what a framework cannot do, and skips it visibly', () => {
    const reason = 'plugins are registered once';
    const { report, skipped } = collectSuite({ serve: serveWith(), limits: { mountedTwice: reason } });
    expect(report.skipped).toEqual([
      { name: attackedTwice, reason },
      {
        name: 'mounted twice with two device functions, of which one would not be asked: option_invalid, and the handler does not run',
        reason,
      },
      { name: 'mounted twice, one instance does everything once', reason },
      { name: 'mounted lazily and then eagerly, it is eager', reason },
    ]);
    expect(skipped).toEqual(report.skipped.map(({ name }) => `${name} (skipped: ${reason})`));
    expect(report.cases).toHaveLength(correct.report.cases.length - 4);
  });

  it.each(rejections.flatMap(([fault, ...failing]) => failing.map((name) => [fault, name] as const)))(
    'rejects an adapter that %s: %s',
    async (fault, failing) => {
      // The runner would take the rejection that one of them leaves for its own.
      const listeners = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection').on('unhandledRejection', () => undefined);
      try {
        expect(await collectSuite({ serve: serveWith(fault), patienceMs: 1_000 }).run(failing)).toBeDefined();
        await setImmediate();
      } finally {
        process.removeAllListeners('unhandledRejection');
        for (const listener of listeners) process.on('unhandledRejection', listener);
      }
    },
  );
});
