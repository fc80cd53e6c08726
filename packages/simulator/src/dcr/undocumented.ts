import type { Handler } from '../http/endpoint.js';
import { textReply } from '../http/reply.js';

/** Named only in Adobe's throttling list: they count, and nothing says what they do. */
export function undocumented(name: 'scopes' | 'validate'): Handler {
  return {
    errors: 'dcr',
    handle: () => textReply(501, `/o/client/${name} is undocumented and not simulated`),
  };
}
