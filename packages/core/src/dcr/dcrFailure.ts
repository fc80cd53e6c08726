import type { Failure } from '../registration/event.js';
import { failure } from '../registration/failure.js';
import { bodyIn } from '../http/failure.js';
import type { Failed } from '../upstream/Upstream.js';

export type DcrEndpoint = 'register' | 'token';

/** RFC 7591 §3.2.2: the statement itself is at fault, whoever presents it. */
const statementErrors: ReadonlySet<string> = new Set([
  'invalid_software_statement',
  'unapproved_software_statement',
]);

/** What it means for the machine that a call of `/o/client/*` brought no answer. */
export function dcrFailure(endpoint: DcrEndpoint, failed: Failed): Failure {
  const at = `/o/client/${endpoint}`;
  if (failed.kind === 'throttled') {
    return failure('upstream_throttled', `Adobe Pass throttles the address of the device (${at})`, {
      retryAfterMs: failed.waitMs,
      adobeStatus: failed.status,
    });
  }
  const { failure: upstream } = failed;
  switch (upstream.kind) {
    case 'unreachable': {
      const code = upstream.reason === 'too_large' ? 'upstream_response_invalid' : 'upstream_unavailable';
      return failure(code, `${at}: ${upstream.message}`);
    }
    case 'failing':
      return failure('upstream_unavailable', `${at} answered ${upstream.status}`, {
        adobeStatus: upstream.status,
        adobeCode: upstream.adobe?.code ?? null,
      });
    case 'invalid_response':
      return failure(
        'upstream_response_invalid',
        `${at} answered ${upstream.status} with ${bodyIn(upstream)}, which is no valid response`,
        { adobeStatus: upstream.status },
      );
    case 'refused': {
      const adobeCode = upstream.adobe.code ?? null;
      const adobe = { adobeStatus: upstream.status, adobeCode };
      const said = `${at} answered ${upstream.status} ${adobeCode ?? 'without a code'}`;
      if (endpoint === 'register') {
        const code =
          adobeCode !== null && statementErrors.has(adobeCode)
            ? 'software_statement_rejected'
            : 'registration_refused';
        return failure(code, said, adobe);
      }
      const code = adobeCode === 'invalid_client' ? 'client_credentials_rejected' : 'token_refused';
      return failure(code, said, adobe);
    }
  }
}
