import { randomUUID } from 'node:crypto';

import { isBase64 } from '../../ground/deviceIdentifier.js';
import { escapeHtml } from '../../http/html.js';

/** Attributes that the MVPD is asked for by way of the partner. */
export const attributesNames: readonly string[] = ['userID', 'upstreamUserID', 'zip', 'householdID'];

/** For the platform's framework, which hands it to the MVPD as it is. */
export function partnerRequest(mvpd: string, serviceProvider: string): string {
  return toBase64(
    `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${randomUUID()}" Version="2.0" ProviderName="${escapeHtml(serviceProvider)}" Destination="${escapeHtml(mvpd)}"/>`,
  );
}

/** What the framework would bring back of the MVPD: simulated, and unsigned. */
export function partnerResponse(mvpd: string, viewer: string): string {
  return toBase64(
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${randomUUID()}" Version="2.0"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${escapeHtml(mvpd)}</saml:Issuer><saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${escapeHtml(viewer)}</saml:NameID></samlp:Response>`,
  );
}

export interface PartnerAnswer {
  readonly issuer: string | undefined;
  readonly viewer: string | undefined;
}

/** Base64 of an XML text with a SAML response in it, or undefined. Any framework's will do. */
export function readPartnerResponse(form: string): PartnerAnswer | undefined {
  const value = new URLSearchParams(form).get('SAMLResponse') ?? '';
  // A `+` that was not encoded arrives as a space; the real service is not said to forgive it.
  if (!isBase64(value)) return undefined;
  const xml = Buffer.from(value, 'base64').toString();
  if (!/<(\w+:)?Response[\s>/]/.test(xml)) return undefined;
  const textOf = (name: string): string | undefined =>
    new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^<]*)</`).exec(xml)?.[1];
  return { issuer: textOf('Issuer'), viewer: textOf('NameID') };
}

function toBase64(xml: string): string {
  return Buffer.from(xml).toString('base64');
}
