import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeBlocks, readText, root } from './documents.js';

const documents = [
  'README.md',
  'docs/choosing-a-cache.md',
  'docs/operations.md',
  'docs/playing.md',
  'docs/proxies.md',
  'docs/security.md',
  'docs/signing-in.md',
  'docs/single-sign-on.md',
  'docs/testing.md',
  'packages/core/README.md',
  'packages/conformance/README.md',
  'packages/express/README.md',
  'packages/redis-cache/README.md',
  'packages/koa/README.md',
  'packages/fastify/README.md',
  'packages/simulator/README.md',
];

/** Where a reader's program would find what it imports. */
const paths = {
  '@nestjs/common': ['packages/nest/node_modules/@nestjs/common/index.d.ts'],
  '@nestjs/core': ['packages/nest/node_modules/@nestjs/core/index.d.ts'],
  '@nestjs/testing': ['packages/nest/node_modules/@nestjs/testing/index.d.ts'],
  '@nestjs/platform-express': ['packages/nest/node_modules/@nestjs/platform-express/index.d.ts'],
  '@koa/router': ['packages/koa/node_modules/@koa/router/dist/index.d.mts'],
  '@pass-dcr/conformance': ['packages/conformance/src/index.ts'],
  '@pass-dcr/core': ['packages/core/src/index.ts'],
  '@pass-dcr/core/testing': ['packages/core/src/testing.ts'],
  '@pass-dcr/express': ['packages/express/src/index.ts'],
  '@pass-dcr/fastify': ['packages/fastify/src/index.ts'],
  '@pass-dcr/file-cache': ['packages/file-cache/src/index.ts'],
  '@pass-dcr/koa': ['packages/koa/src/index.ts'],
  '@pass-dcr/nest': ['packages/nest/src/index.ts'],
  '@pass-dcr/redis-cache': ['packages/redis-cache/src/index.ts'],
  '@pass-dcr/simulator': ['packages/simulator/src/index.ts'],
  express: ['packages/express/node_modules/@types/express/index.d.ts'],
  fastify: ['packages/fastify/node_modules/fastify/fastify.d.ts'],
  ioredis: ['packages/redis-cache/node_modules/ioredis6/built/index.d.ts'],
  koa: ['packages/koa/node_modules/@types/koa/index.d.ts'],
  vitest: ['node_modules/vitest/dist/index.d.ts'],
};

/** What the reader is told to bring. */
const readersOwn = {
  'verifyDeviceToken.ts': `
import type { Device } from '@pass-dcr/core';
export declare function verifyDeviceToken(authorization: string | undefined): Promise<Device | undefined>;
`,
  'pass.ts': `
import type { Pass } from '@pass-dcr/core';
export declare const pass: Pass;
`,
  'serve.ts': `
import type { RequestListener } from 'node:http';
export declare function ask(at: string, path: string): Promise<{ status: number; json: unknown }>;
export declare function serve(app: RequestListener | { callback(): RequestListener }): Promise<string>;
`,
  'start.ts': `
import type { INestApplication } from '@nestjs/common';
interface Running { ask(path: string): Promise<{ status: number; json: unknown }> }
export declare function listen(app: INestApplication): Promise<Running>;
`,
  'copyCredentials.ts': `
import type { PassCache } from '@pass-dcr/core';
export declare function copyCredentials(from: PassCache, to: PassCache, space: string): Promise<number>;
`,
};

/** The compiler's complaints about programs, by their names. */
function compile(programs: Readonly<Record<string, string>>): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-docs-'));
  try {
    const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
    for (const [name, text] of Object.entries(programs)) write(`${name}.ts`, text);
    for (const [name, text] of Object.entries(readersOwn)) write(name, text);
    write('package.json', '{ "type": "module" }');
    const compilerOptions = {
      noEmit: true,
      isolatedDeclarations: false,
      // For Nest's.
      experimentalDecorators: true,
      noUnusedLocals: false,
      typeRoots: [join(root, 'node_modules/@types')],
      paths: Object.fromEntries(
        Object.entries(paths).map(([name, [path = '']]) => [name, [join(root, path)]]),
      ),
    };
    write(
      'tsconfig.json',
      JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions, include: ['*.ts'] }),
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
      encoding: 'utf8',
      cwd: folder,
    });
    // An error goes on in the lines that are indented.
    return stdout.split(/\n(?=\S)/).filter((text) => text.includes('error'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// A compiler takes seconds, and more on a busy machine.
describe('the TypeScript in the documents', { timeout: 120_000 }, () => {
  const programs = Object.fromEntries(
    documents.flatMap((document) =>
      codeBlocks(readText(document), 'ts').map((code, index) => [
        `${document.replaceAll('/', '_')}-${index + 1}`,
        // A block without an import of its own is a module all the same.
        `${code}\nexport {};\n`,
      ]),
    ),
  );

  it('compiles', () => {
    expect(Object.keys(programs)).toContain('README.md-1');
    expect(compile(programs)).toEqual([]);
  });

  it('would not compile with an option that does not exist', () => {
    const [first = ''] = codeBlocks(readText('packages/core/README.md'), 'ts');
    expect(compile({ wrong: first.replace('serviceProvider:', 'requestor:') })).toEqual([
      expect.stringContaining("'requestor' does not exist in type 'PassOptions'"),
    ]);
  });
});
