import { segment } from '../answers/parameters.js';

/** @throws PassError `parameter_invalid` */
export function authenticateUrl(baseUrl: URL, serviceProvider: string, code: string): string {
  const path = `/api/v2/authenticate/${segment(serviceProvider, 'serviceProvider')}/${segment(code, 'code')}`;
  return new URL(path, baseUrl).href;
}
