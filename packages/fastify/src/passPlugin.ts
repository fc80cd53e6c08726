import {
  attachClient,
  PassError,
  trustsEveryProxy,
  type AttachOptions,
  type Pass,
  type PassClient,
} from '@pass-dcr/core';
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { InboundRequest } from './InboundRequest.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Adobe Pass for the device that sent this request. */
    readonly pass: PassClient;
  }
}

export interface PassPluginOptions extends AttachOptions<FastifyRequest> {
  /** What `createPass()` returned. The plugin does not close it. */
  readonly pass: Pass;
}

/**
 * Gives every request of the scope in which it is registered, and of those within, an authenticated Adobe Pass client as
 * `request.pass`.
 *
 * It attaches the client in an `onRequest` hook, before the body is read, so register what `device` relies on before it.
 * A request whose token is in memory goes on without a promise; otherwise the next hook runs once the device has a token,
 * or the request fails with a `PassError`, which `passErrorHandler` answers. Without a device nothing fails until the
 * client is used.
 *
 * Set `trustProxy` to the addresses of your proxies: the address it yields is sent to Adobe Pass, which throttles by it.
 *
 * **The library does not authenticate devices.** `options.device` has to.
 *
 * The server does not start with wrong options (`option_invalid`), nor where something else has the name `as`
 * (`property_taken`).
 *
 * @example
 * app.register(passPlugin, { pass, device: (request) => verifyDeviceToken(request.headers.authorization) });
 * app.setErrorHandler(passErrorHandler());
 * app.get('/api/me', async (request) => await request.pass.profiles.all());
 */
export const passPlugin: FastifyPluginAsync<PassPluginOptions> = fastifyPlugin(registerPass, {
  name: '@pass-dcr/fastify',
  fastify: '5.x',
});

// Async only so that what it throws reaches Fastify: from a plugin with a callback, it would end the process.
async function registerPass(app: FastifyInstance, options: PassPluginOptions): Promise<void> {
  refuseRouteOptions(options);
  const { pass, ...attaching } = options;
  const attachment = attachClient(pass, attaching);
  takeName(app, options.as ?? 'pass', pass);
  let isFirst = true;
  app.addHook('onRequest', function attachPass(request, reply, done) {
    if (isFirst) {
      isFirst = false;
      if (trustsEveryProxy(request)) attachment.warn('trust_proxy_open');
    }
    const pending = attachment.attach(request, new InboundRequest(request, reply));
    if (pending === undefined) done();
    else goOnAfter(pending, done);
  });
}

/** A function of its own: a closure in the hook would cost the requests that do not wait, too. */
function goOnAfter(pending: Promise<void>, done: HookHandlerDoneFunction): void {
  pending.then(() => done(), done);
}

/** Fastify accepts these for every plugin. This one has no routes; a prefix that applied to nothing would be missed. */
function refuseRouteOptions(options: object): void {
  const name = ['prefix', 'logLevel', 'logSerializers'].find((each) => each in options);
  if (name === undefined) return;
  throw new PassError(
    'option_invalid',
    `passPlugin has no routes that "${name}" could apply to; register it in the scope whose routes it is to serve`,
  );
}

/** Set on each request by Fastify; not all its versions tell them as decorators. */
const ownMembers = ['id', 'params', 'raw', 'query', 'log', 'body', 'validationError'];

/** Declares the property, which is each request's own, and remembers for the scope, and those within, whose it is. */
function takeName(app: FastifyInstance, name: string, pass: Pass): void {
  const owner = Symbol.for(`@pass-dcr/fastify/${name}`);
  if (Reflect.get(app, owner) === pass) return;
  if (ownMembers.includes(name) || app.hasRequestDecorator(name)) {
    throw new PassError(
      'property_taken',
      `the request already has a property ${JSON.stringify(name)} that this Pass did not set; ` +
        'choose another name with the option "as"',
    );
  }
  app.decorate(owner, pass);
  app.decorateRequest(name);
}
