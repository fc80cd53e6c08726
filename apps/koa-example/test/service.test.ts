import { describeProgram, describeService } from '@pass-dcr/example-kit/testing';
import { startApp } from '../src/startApp.js';

describeService(startApp, 1);
describeProgram(new URL('../dist/main.js', import.meta.url), '1');
