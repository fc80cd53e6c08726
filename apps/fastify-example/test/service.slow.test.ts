import { describeService } from '@pass-dcr/example-kit/testing';
import { startApp } from '../src/startApp.js';

describeService(startApp, 'loopback');
