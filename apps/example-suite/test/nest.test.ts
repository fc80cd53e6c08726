import { startService } from '../../nest-example/src/service/index.js';
import { startApp } from '../../nest-example/src/startApp.js';
import { describeService } from '../src/describeService.js';

describeService('NestJS', { startApp, startService }, 'loopback');
