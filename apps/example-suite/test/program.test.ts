import { describeProgram } from '../src/describeProgram.js';

describeProgram('express', 'loopback');
