import { startService } from '../../express-example/src/service/index.js';
import { startApp } from '../../express-example/src/startApp.js';
import { describeService } from '../src/describeService.js';

describeService('Express', { startApp, startService }, 'loopback');
