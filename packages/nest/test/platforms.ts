import type { Readable } from 'node:stream';
import type { INestApplication, Type, DynamicModule } from '@nestjs/common';
import { NestFactory, type AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';

/** As Express's "trust proxy" and Fastify's `trustProxy` both take it. */
export type TrustProxy = boolean | string | number;

export interface PlatformOptions {
  readonly trustProxy?: TrustProxy;
  /** Whether bodies are left alone, for handlers that read them as streams. */
  readonly rawBodies?: boolean;
}

export interface Platform {
  readonly name: 'Express' | 'Fastify';
  create(module: Type | DynamicModule, options?: PlatformOptions): Promise<INestApplication>;
}

const quiet = { logger: false, abortOnError: false } as const;

const express: Platform = {
  name: 'Express',
  async create(module, { trustProxy = false, rawBodies = false } = {}) {
    const options = { ...quiet, bodyParser: !rawBodies };
    const app = await NestFactory.create<NestExpressApplication>(module, new ExpressAdapter(), options);
    app.set('trust proxy', trustProxy);
    return app;
  },
};

const fastify: Platform = {
  name: 'Fastify',
  async create(module, { trustProxy = false, rawBodies = false } = {}) {
    // Later releases of Fastify take a number of proxies for none.
    const trusted =
      typeof trustProxy === 'number' ? (_address: string, hop: number) => hop < trustProxy : trustProxy;
    const adapter: AbstractHttpAdapter = new FastifyAdapter({ trustProxy: trusted });
    const app = await NestFactory.create(module, adapter, { ...quiet, bodyParser: !rawBodies });
    if (rawBodies)
      adapter
        .getInstance<ParsingFastify>()
        .addContentTypeParser('application/octet-stream', (_request, payload, done) => done(null, payload));
    return app;
  },
};

/** What is used of Fastify, which this package does not depend on. */
interface ParsingFastify {
  addContentTypeParser(
    type: string,
    parse: (request: unknown, payload: Readable, done: (error: null, body: Readable) => void) => void,
  ): void;
}

export const platforms = [express, fastify] as const;
