import type { SimulatedEndpointName } from '../ground/endpointName.js';
import type { Endpoint, Endpoints } from '../http/endpoint.js';

interface Match {
  readonly name: SimulatedEndpointName;
  readonly endpoint: Endpoint;
  readonly params: Readonly<Record<string, string>>;
}

export type Route =
  | ({ readonly kind: 'endpoint' } & Match)
  | ({ readonly kind: 'methodNotAllowed'; readonly allow: string } & Match)
  | { readonly kind: 'notFound' };

/** The first endpoint of the table whose path fits; a single trailing slash is tolerated, as in Adobe's own sample. */
export function findRoute(endpoints: Endpoints, method: string, pathname: string): Route {
  const segments = split(pathname.length > 1 ? pathname.replace(/\/$/, '') : pathname);
  const fitting = entriesOf(endpoints).flatMap(([name, endpoint]): Match[] => {
    const params = matchSegments(split(endpoint.path), segments);
    return params === undefined ? [] : [{ name, endpoint, params }];
  });
  const match = fitting.find(({ endpoint }) => endpoint.methods.some((allowed) => allowed === method));
  if (match !== undefined) return { kind: 'endpoint', ...match };
  const [first] = fitting;
  if (first === undefined) return { kind: 'notFound' };
  return {
    kind: 'methodNotAllowed',
    ...first,
    allow: fitting.flatMap(({ endpoint }) => endpoint.methods).join(', '),
  };
}

function entriesOf(endpoints: Endpoints): [SimulatedEndpointName, Endpoint][] {
  // The compiler forgets the names, as a value may have more members than its type.
  return Object.entries(endpoints) as [SimulatedEndpointName, Endpoint][];
}

function split(pathname: string): string[] {
  return pathname.split('/').slice(1);
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  const rest = pattern.at(-1) === ':path*' ? pattern.length - 1 : undefined;
  if (rest !== undefined) {
    const params = matchSegments(pattern.slice(0, rest), segments.slice(0, rest));
    return params === undefined ? undefined : { ...params, path: segments.slice(rest).join('/') };
  }
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = decodeSegment(segments[index]);
    if (segment === undefined || segment === '') return undefined;
    if (expected.startsWith(':')) params[expected.slice(1)] = segment;
    else if (expected !== segment) return undefined;
  }
  return params;
}

function decodeSegment(segment: string | undefined): string | undefined {
  try {
    return segment === undefined ? undefined : decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** `/o/client/*` as listed and everything below `/api/v2/` share one allowance, whether it exists or not. */
export function isThrottledPath(pathname: string): boolean {
  return (
    /^\/o\/client\/(register|token|scopes|validate)\/?$/.test(pathname) || pathname.startsWith('/api/v2/')
  );
}
