export { describeProgram } from './describeProgram.js';
export { describeReadme } from './describeReadme.js';
export { describeService } from './describeService.js';
export { startUpstream, type Upstream } from './startUpstream.js';
