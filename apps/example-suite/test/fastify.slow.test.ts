import { startService } from '../../fastify-example/src/service/index.js';
import { startApp } from '../../fastify-example/src/startApp.js';
import { describeService } from '../src/describeService.js';

describeService('Fastify', { startApp, startService }, 'loopback');
