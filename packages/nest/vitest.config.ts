import { projectConfig } from '../../vitest.shared.ts';

/** What does not depend on a version of Nest; versions/ runs the rest. */
export default projectConfig('nest', { include: ['test/{docs,once}/**/*.test.ts'] });
