import { describeReadme } from '@pass-dcr/example-kit/testing';
import { afterAll } from 'vitest';
import { upstream } from './readme/pass.js';

afterAll(async () => await upstream.stop());

describeReadme(new URL('readme/main.ts', import.meta.url), async () => await import('./readme/main.js'));
