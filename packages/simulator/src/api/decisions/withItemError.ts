import { jsonReply, type Reply } from '../../http/reply.js';
import { isMembers } from '../device/deviceInfo.js';
import { enhancedError } from '../errors/enhancedError.js';

/** An answer with decisions, in which these resources have come to nothing; any other answer as it is. */
export function withItemError(
  answer: Reply,
  code: string,
  resources: readonly string[] | undefined,
  details: string | undefined,
): Reply {
  const decisions = decisionsOf(answer);
  if (decisions === undefined) return answer;
  const spoilt = decisions.map((decision) => {
    const { resource, serviceProvider, mvpd, source } = decision;
    const isHit = resources === undefined || (typeof resource === 'string' && resources.includes(resource));
    return isHit
      ? { resource, serviceProvider, mvpd, source, authorized: false, error: enhancedError(code, details) }
      : decision;
  });
  return { ...answer, ...jsonReply(answer.status, { decisions: spoilt }, answer.notes) };
}

function decisionsOf({ body }: Reply): readonly Readonly<Record<string, unknown>>[] | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    const decisions = isMembers(value) ? value['decisions'] : undefined;
    return Array.isArray(decisions) && decisions.every(isMembers) ? decisions : undefined;
  } catch {
    return undefined;
  }
}
