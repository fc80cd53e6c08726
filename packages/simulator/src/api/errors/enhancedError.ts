import { randomUUID } from 'node:crypto';

import { errorCatalogue, isErrorCode } from '../../ground/errorCatalogue.js';
import { jsonReply, type Reply } from '../../http/reply.js';

const helpUrl =
  'https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/standard-features/error-reporting/enhanced-error-codes';

export interface EnhancedError {
  readonly action: string;
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** What the MVPD or a degradation rule wants the viewer to know. */
  readonly details?: string;
  readonly helpUrl: string;
  /** Id of the answer, for support. */
  readonly trace: string;
}

/** Codes that the catalogue does not have become a 400 without a remedy. */
export function enhancedError(code: string, details?: string): EnhancedError {
  const [action, status, message] = isErrorCode(code) ? errorCatalogue[code] : ['none', 400, sentence(code)];
  return {
    action,
    status,
    code,
    message,
    ...(details === undefined ? {} : { details }),
    helpUrl,
    trace: randomUUID(),
  };
}

/** A top-level error: the whole body is the error. */
export function enhancedErrorReply(code: string, details?: string): Reply {
  const error = enhancedError(code, details);
  return jsonReply(error.status, error, { errorCode: code });
}

function sentence(code: string): string {
  const words = code.replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
