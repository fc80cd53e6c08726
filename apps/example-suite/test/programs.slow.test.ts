import { describeProgram } from '../src/describeProgram.js';

describeProgram('koa', '1');
describeProgram('nest', 'loopback');
describeProgram('fastify', 'loopback');
