import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const serviceOf = (framework: string): URL =>
  new URL(`../../${framework}-example/src/service/`, import.meta.url);

const read = (framework: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(serviceOf(framework)).map((name) => [
      name,
      readFileSync(new URL(name, serviceOf(framework)), 'utf8'),
    ]),
  );

// Each example can be copied out of this repository, so each has its own copy of what has nothing to do with a framework.
it.each(['koa', 'nest', 'fastify'])(
  'the example of %s has the service of the one of Express',
  (framework) => {
    if (process.env['UPDATE_EXAMPLES'] === '1')
      cpSync(serviceOf('express'), serviceOf(framework), { recursive: true });
    expect(read(framework)).toEqual(read('express'));
  },
);
