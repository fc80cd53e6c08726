import { Logger } from '@nestjs/common';
import { describeReadme } from '@pass-dcr/example-kit/testing';
import { afterAll, beforeAll } from 'vitest';
import { upstream } from './readme/pass.js';

beforeAll(() => Logger.overrideLogger(false));
afterAll(async () => await upstream.stop());

describeReadme(new URL('readme/main.ts', import.meta.url), async () => await import('./readme/main.js'));
