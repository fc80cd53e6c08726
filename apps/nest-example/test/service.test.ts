import { describeProgram, describeService } from '@pass-dcr/example-kit/testing';
import { startApp } from '../src/startApp.js';

describeService(startApp, 'loopback');
describeProgram(new URL('../dist/main.js', import.meta.url), 'loopback');
