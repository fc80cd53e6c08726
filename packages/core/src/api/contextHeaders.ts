import { headerValue } from '../device/headerValue.js';
import type { PassContext } from '../PassClient.js';

const longestContextHeader = 4_096;

/** The members of a context that are headers. */
export type ContextHeader = Exclude<keyof PassContext, 'serviceProvider' | 'signal'>;

const contextHeaderNames: Readonly<Record<ContextHeader, string>> = {
  subjectToken: 'Adobe-Subject-Token',
  rokuConnectToken: 'X-Roku-Reserved-Roku-Connect-Token',
  serviceToken: 'AD-Service-Token',
  partnerFrameworkStatus: 'AP-Partner-Framework-Status',
  tempPassIdentity: 'AP-TempPass-Identity',
  visitorIdentifier: 'AP-Visitor-Identifier',
};

const allContextHeaders = Object.keys(contextHeaderNames) as readonly ContextHeader[];

/**
 * The headers of a context, all of them or those of `members`: not every call takes every one. Lower-case names.
 * @throws PassError `header_invalid`
 */
export function contextHeaders(
  context: PassContext | undefined,
  members: readonly ContextHeader[] = allContextHeaders,
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (context === undefined) return headers;
  for (const member of members) {
    const value = context[member];
    if (value === undefined) continue;
    const name = contextHeaderNames[member];
    headers[name.toLowerCase()] = headerValue(name, value, longestContextHeader);
  }
  return headers;
}
