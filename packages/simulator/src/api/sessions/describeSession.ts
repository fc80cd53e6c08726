import { randomUUID } from 'node:crypto';

import type { Session } from '../../state/sessions.js';
import type { SessionVerdict } from './decideSession.js';

/** The validity of a code is text here and a number elsewhere: so it is in all of Adobe's samples. */
export function describeSession(
  verdict: Exclude<SessionVerdict, { actionName: 'authorize' }>,
  { code, sessionId, owner, parameters, notBefore, notAfter }: Session,
  reasonType = 'none',
): Record<string, unknown> {
  const { serviceProvider } = owner;
  const isReady = verdict.actionName === 'authenticate';
  return {
    actionName: verdict.actionName,
    actionType: isReady ? 'interactive' : 'direct',
    reasonType,
    ...(isReady ? {} : { missingParameters: verdict.missing }),
    url: isReady
      ? `/api/v2/authenticate/${encodeURIComponent(serviceProvider)}/${code}`
      : `/api/v2/${encodeURIComponent(serviceProvider)}/sessions/${code}`,
    code,
    sessionId,
    ...(parameters.mvpd === undefined ? {} : { mvpd: parameters.mvpd }),
    serviceProvider,
    notBefore: String(notBefore),
    notAfter: String(notAfter),
  };
}

/** Nothing to sign in for: no code. */
export function describeAuthorize(
  reasonType: string,
  {
    serviceProvider,
    mvpd,
    sessionId = randomUUID(),
  }: {
    readonly serviceProvider: string;
    readonly mvpd: string;
    readonly sessionId?: string;
  },
): Record<string, unknown> {
  return {
    actionName: 'authorize',
    actionType: 'direct',
    reasonType,
    url: `/api/v2/${encodeURIComponent(serviceProvider)}/decisions/authorize/${encodeURIComponent(mvpd)}`,
    sessionId,
    mvpd,
    serviceProvider,
  };
}
