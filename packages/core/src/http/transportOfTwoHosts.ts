import { allOver } from '../time/allOver.js';
import type { Transport } from './Transport.js';

/** Registration and tokens are served by one host, everything else by another. */
export function transportOfTwoHosts(registration: Transport, others: Transport): Transport {
  return {
    send: (request) => (request.path.startsWith('/o/client/') ? registration : others).send(request),
    async close() {
      await allOver([registration.close(), others.close()]);
    },
  };
}
