export { describeProgram } from './describeProgram.js';
export { describeService } from './describeService.js';
export { ServiceProgram } from './ServiceProgram.js';
