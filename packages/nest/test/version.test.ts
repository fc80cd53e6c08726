import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
import { realpathSync } from 'node:fs';
import { Reflector, AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { expect, it } from 'vitest';
import { nestModules, nestVersion, versionOf } from './nestVersion.js';

const folder = fileURLToPath(nestModules);

it(`runs Nest ${nestVersion}, and no other`, async () => {
  const file = createRequire(`${folder}/`).resolve('@nestjs/core');
  const native = (await import(/* @vite-ignore */ realpathSync(file))) as object;
  expect(native).toMatchObject({ NestFactory, Reflector });
  expect(versionOf('@nestjs/common')).toBe(nestVersion);
  // What the platforms build upon, they have loaded by themselves.
  expect(Object.getPrototypeOf(ExpressAdapter)).toBe(AbstractHttpAdapter);
  expect(Object.getPrototypeOf(FastifyAdapter)).toBe(AbstractHttpAdapter);
  const testing = await Test.createTestingModule({ providers: [] }).compile();
  expect(testing.get(Reflector)).toBeInstanceOf(Reflector);
});
