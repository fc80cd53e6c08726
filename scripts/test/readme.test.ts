import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compilerOptions, firstCalls, inCommonJs, withPorts } from '../packages/readme.mjs';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test('the first calls of README.md are found, with what they install', () => {
  const calls = firstCalls(readme);
  expect(calls.map(({ heading }) => heading)).toEqual(['The first call', 'Koa', 'Fastify', 'NestJS']);
  expect(calls.map(({ installs }) => installs.length)).toEqual([1, 1, 1, 2]);
  for (const { program } of calls)
    expect(withPorts(program, { simulator: 1, server: 2 })).not.toMatch(/8089|3000/);
  expect(compilerOptions(readme)).toContain('--experimentalDecorators');
});

test('a program is put into CommonJS as README.md says', () => {
  expect(inCommonJs("import { a, b } from '@pass-dcr/core';\nimport express from 'express';\na();\n")).toBe(
    "const { a, b } = require('@pass-dcr/core');\nconst express = require('express');\na();\n",
  );
  expect(readme).toContain(
    "write `const { createPass } = require('@pass-dcr/core')` and `const express = require('express')`",
  );
});

test('a section without an installation, or without a program, is no first call', () => {
  expect(firstCalls('## One\n\n```ts\nx\n```\n')).toEqual([]);
  expect(firstCalls('## One\n\n```sh\nnpm install x\n```\n')).toEqual([]);
});
