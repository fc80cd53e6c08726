import { runProgram } from './service/index.js';
import { startApp } from './startApp.js';

runProgram(startApp);
