import { pathSegment } from '../http/upstreamPath.js';
import type { ClientCalls } from './ClientCalls.js';

/** The path of a resource of the client's service provider. `resource` is percent-encoded already. */
export function resourcePath({ serviceProvider }: ClientCalls, resource: string): string {
  return `/api/v2/${pathSegment(serviceProvider, 'serviceProvider')}/${resource}`;
}
