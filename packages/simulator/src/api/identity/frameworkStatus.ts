import { isBase64 } from '../../ground/deviceIdentifier.js';
import type { ErrorCode } from '../../ground/errorCatalogue.js';
import type { Mvpd } from '../../scenario/scenario.js';
import { isMembers } from '../device/deviceInfo.js';

/** What `AP-Partner-Framework-Status` says of the sign-in of the platform. */
export type FrameworkVerdict =
  { readonly kind: 'usable'; readonly mvpd: Mvpd } | { readonly kind: 'unusable'; readonly code: ErrorCode };

/** https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/appendix/headers/rest-api-v2-appendix-headers-ap-partner-framework-status */
export function judgeFramework(
  header: string | undefined,
  mvpds: readonly Mvpd[],
  nowMs: number,
): FrameworkVerdict {
  const status = decode(header);
  const accessStatus = memberOf(status, 'frameworkPermissionInfo', 'accessStatus');
  if (typeof accessStatus !== 'string' || accessStatus === '')
    return unusable('invalid_header_pfs_permission_access_not_present');
  if (accessStatus === 'notDetermined')
    return unusable('invalid_header_pfs_permission_access_not_determined');
  if (accessStatus !== 'granted') return unusable('invalid_header_pfs_permission_access_not_granted');
  const id = memberOf(status, 'frameworkProviderInfo', 'id');
  const mvpd = mvpds.find(
    ({ platformMappingId }) => platformMappingId !== undefined && platformMappingId === id,
  );
  if (mvpd === undefined) return unusable('invalid_header_pfs_provider_id_not_determined');
  const expiresAt = Number(memberOf(status, 'frameworkProviderInfo', 'expirationDate') ?? Number.NaN);
  return expiresAt > nowMs ? { kind: 'usable', mvpd } : unusable('invalid_header_pfs_provider_info_expired');
}

function unusable(code: ErrorCode): FrameworkVerdict {
  return { kind: 'unusable', code };
}

function decode(header: string | undefined): unknown {
  if (header === undefined || !isBase64(header)) return undefined;
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString()) as unknown;
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner, name) => (isMembers(inner) ? inner[name] : undefined), value);
}
