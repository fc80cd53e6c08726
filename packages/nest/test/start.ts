import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import { onTestFinished } from 'vitest';
import type { Platform, PlatformOptions } from './platforms.js';

export interface StartOptions extends PlatformOptions {
  /** What a main.ts does before it listens. */
  readonly configure?: (app: INestApplication) => unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of `text`, if it is JSON. */
  readonly json: unknown;
}

export interface Running {
  readonly app: INestApplication;
  readonly ask: (path: string, init?: RequestInit) => Promise<Answer>;
}

/** Runs an application until the test has finished. */
export async function start(
  platform: Platform,
  module: Type | DynamicModule,
  { configure, ...options }: StartOptions = {},
): Promise<Running> {
  return await listen(await platform.create(module, options), configure);
}

export async function listen(
  app: INestApplication,
  configure?: (app: INestApplication) => unknown,
): Promise<Running> {
  onTestFinished(async () => await app.close());
  configure?.(app);
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return {
    app,
    ask: async (path, init) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
      const text = await response.text();
      const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: isJson ? (JSON.parse(text) as unknown) : undefined,
      };
    },
  };
}
