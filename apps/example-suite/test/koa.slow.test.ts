import { startService } from '../../koa-example/src/service/index.js';
import { startApp } from '../../koa-example/src/startApp.js';
import { describeService } from '../src/describeService.js';

describeService('Koa', { startApp, startService }, 1);
