import { createPass, memoryCache } from '@pass-dcr/core';

export default createPass({
  environment: 'local',
  baseUrl: 'http://127.0.0.1:1',
  softwareStatement: () => 'never asked for',
  serviceProvider: '',
  cache: memoryCache(),
});
