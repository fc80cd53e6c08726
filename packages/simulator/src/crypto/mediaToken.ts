import { sign, type KeyObject } from 'node:crypto';

export interface MediaTokenClaims {
  readonly sessionGuid: string;
  readonly requestorId: string;
  readonly resourceId: string;
  readonly ttlMs: number;
  /** Epoch milliseconds, simulated. */
  readonly issuedAt: number;
  readonly mvpdId: string;
  readonly proxyMvpdId: string;
}

/**
 * Looks like the real thing, as far as that is documented: Base64 of a signature and an XML-like text. It is signed by the
 * development key, RSA-SHA256 (PKCS #1 v1.5) over the bytes of the `shortAuthorizationToken` element: no verifier of
 * Adobe's believes it, and none of ours believes a real one.
 */
export function serializeMediaToken(claims: MediaTokenClaims, privateKey: KeyObject): string {
  const element = (name: string, value: string | number): string =>
    `<${name}>${escapeXml(String(value))}</${name}>`;
  const token = `<shortAuthorizationToken>${[
    element('sessionGUID', claims.sessionGuid),
    element('requestorID', claims.requestorId),
    element('resourceID', claims.resourceId),
    element('ttl', claims.ttlMs),
    element('issueTime', issueTime(claims.issuedAt)),
    element('mvpdId', claims.mvpdId),
    element('proxyMvpdId', claims.proxyMvpdId),
  ].join('')}</shortAuthorizationToken>`;
  const signature = sign('sha256', Buffer.from(token), privateKey).toString('base64');
  return Buffer.from(`<signatureInfo>${signature}</signatureInfo>${token}`).toString('base64');
}

/** `2026/03/01 12:00:00 GMT +0000`, as in the sibling tokens that Adobe shows. */
function issueTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' ')} GMT +0000`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
