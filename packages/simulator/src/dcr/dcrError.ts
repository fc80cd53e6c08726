import { jsonReply, type Reply } from '../http/reply.js';

export type DcrErrorCode =
  | 'invalid_request'
  | 'invalid_redirect_uri'
  | 'invalid_software_statement'
  | 'unapproved_software_statement'
  | 'invalid_client'
  | 'unauthorized_client'
  | 'unsupported_grant_type';

export const noStore: Reply['headers'] = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** 400 with exactly one member: no `error_description`, none of the members of an enhanced error. */
export function dcrError(code: string): Reply {
  return jsonReply(400, { error: code }, { errorCode: code }, noStore);
}
