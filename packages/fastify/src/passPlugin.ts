import {
  attachClient,
  isHangUp,
  PassError,
  type AttachOptions,
  type Pass,
  type PassClient,
} from '@pass-dcr/core';
import type {
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
  HookHandlerDoneFunction,
} from 'fastify';
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
  takeName(app, options);
  app.addHook('onRequest', function attachPass(request, reply, done) {
    const pending = attachment.attach(request, new InboundRequest(request, reply));
    if (pending === undefined) done();
    else goOnAfter(pending, reply, done);
  });
}

/** A function of its own: a closure in the hook would cost the requests that do not wait, too. */
function goOnAfter(pending: Promise<void>, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  pending.then(
    () => done(),
    (error: unknown) => {
      if (!isHangUp(error, reply.raw)) return done(error as Error);
      // Nobody is left to answer, and Fastify would log a failure.
      reply.request.log.info('The client hung up while it waited.');
      reply.hijack();
    },
  );
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
function takeName(app: FastifyInstance, { as: name = 'pass', pass, device }: PassPluginOptions): void {
  const owner = Symbol.for(`@pass-dcr/fastify/${name}`);
  const mounted = Reflect.get(app, owner) as Pick<PassPluginOptions, 'pass' | 'device'> | undefined;
  if (mounted?.pass === pass) {
    if (mounted.device === device) return;
    throw new PassError(
      'option_invalid',
      'device must be the function with which the scope around has registered this Pass, since no other would be asked',
    );
  }
  if (ownMembers.includes(name) || app.hasRequestDecorator(name)) {
    throw new PassError(
      'property_taken',
      `the request already has a property ${JSON.stringify(name)} that this Pass did not set; ` +
        'choose another name with the option "as"',
    );
  }
  app.decorate(owner, { pass, device });
  app.decorateRequest(name);
}
