import { runProgram } from '@pass-dcr/example-kit';
import { startApp } from './startApp.js';

runProgram(startApp);
