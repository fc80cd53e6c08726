// Prints where its cache was called from: an error that is thrown far inside of core.
import { createPass, memoryCache } from '@pass-dcr/core';

Error.stackTraceLimit = 30;
const pass = createPass({
  environment: 'local',
  baseUrl: 'http://127.0.0.1:1',
  softwareStatement: () => 'never asked for',
  serviceProvider: 'REF30',
  cache: Object.assign(memoryCache(), {
    read() {
      const error = new Error('the cache fails');
      console.error(error.stack);
      throw error;
    },
  }),
});
pass
  .client({ identifier: 'tv-1' })
  .accessToken()
  .catch(() => (process.exitCode = 1));
