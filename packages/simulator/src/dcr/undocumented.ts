import type { Endpoint } from '../http/endpoint.js';
import { textReply } from '../http/reply.js';

/** Named only in Adobe's throttling list: they count, and nothing says what they do. */
export const undocumented: readonly Endpoint[] = (['scopes', 'validate'] as const).flatMap((name) =>
  (['GET', 'POST'] as const).map((method) => ({
    name,
    method,
    path: `/o/client/${name}`,
    errors: 'dcr' as const,
    handle: () => textReply(501, `/o/client/${name} is undocumented and not simulated`),
  })),
);
