import { describeProgram } from '@pass-dcr/example-kit/testing';

describeProgram(new URL('../dist/main.js', import.meta.url), 'loopback');
