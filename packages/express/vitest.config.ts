import { projectConfig } from '../../vitest.shared.ts';

export default projectConfig('express', { isolate: false });
