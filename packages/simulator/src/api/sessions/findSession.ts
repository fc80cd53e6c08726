import type { ErrorCode } from '../../ground/errorCatalogue.js';
import { isOpen, type Session, type Sessions } from '../../state/sessions.js';

export type SessionFinding =
  | { readonly kind: 'found'; readonly session: Session }
  | { readonly kind: 'refused'; readonly code: ErrorCode };

/** A code that can still lead to a sign-in. */
export function findOpenSession(
  sessions: Sessions,
  code: string,
  serviceProvider: string,
  nowMs: number,
): SessionFinding {
  const finding = findSession(sessions, code, serviceProvider);
  return finding.kind === 'found' && !isOpen(finding.session, nowMs)
    ? { kind: 'refused', code: 'invalid_authentication_session' }
    : finding;
}

/** In whatever state. Codes are compared as they are: upper case, without spaces. */
export function findSession(sessions: Sessions, code: string, serviceProvider: string): SessionFinding {
  if (!/^[A-Z0-9]{5,10}$/.test(code)) return { kind: 'refused', code: 'invalid_parameter_code' };
  const session = sessions.find(code);
  return session === undefined || session.owner.serviceProvider !== serviceProvider
    ? { kind: 'refused', code: 'invalid_authentication_session' }
    : { kind: 'found', session };
}
