import { describe, expect, test } from 'vitest';
import { readArguments } from '../../demo/readArguments.mjs';

describe('readArguments', () => {
  test.each([
    ['', { kind: 'single', once: false, framework: 'express' }],
    ['--framework koa', { kind: 'single', once: false, framework: 'koa' }],
    ['--once', { kind: 'single', once: true, framework: 'express' }],
    ['--once --framework all', { kind: 'each' }],
    ['--servers 1 --framework nest', { kind: 'single', once: false, framework: 'nest' }],
    [
      '--cache redis',
      { kind: 'fleet', once: false, cache: 'redis', frameworks: Array.from({ length: 4 }, () => 'express') },
    ],
    [
      '--cache redis --servers 2 --framework nest --once',
      { kind: 'fleet', once: true, cache: 'redis', frameworks: ['nest', 'nest'] },
    ],
    [
      '--servers 3 --framework koa',
      { kind: 'fleet', once: false, cache: 'file', frameworks: ['koa', 'koa', 'koa'] },
    ],
    [
      '--cache redis --servers 5 --framework all',
      {
        kind: 'fleet',
        once: false,
        cache: 'redis',
        frameworks: ['express', 'koa', 'nest', 'fastify', 'express'],
      },
    ],
  ])('reads "%s"', (line, demo) => {
    expect(readArguments(line.split(' ').filter(Boolean))).toEqual(demo);
  });

  test.each([
    ['--framework hapi', '--framework must be one of express, koa, nest, fastify; received "hapi".'],
    ['--framework all', '--framework must be one of express, koa, nest, fastify; received "all".'],
    ['--cache memory', '--cache must be one of file, redis; received "memory".'],
    ['--servers 9', '--servers must be from 2 to 8, or 1 with --cache file; received "9".'],
    ['--servers many', '--servers must be from 2 to 8, or 1 with --cache file; received "many".'],
    ['--servers 1 --cache redis', '--servers must be from 2 to 8, or 1 with --cache file; received "1".'],
    ['--server 4', /Unknown option '--server'/],
  ])('refuses "%s"', (line, message) => {
    expect(() => readArguments(line.split(' '))).toThrow(message);
  });
});
