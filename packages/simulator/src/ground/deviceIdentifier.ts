import { isUtf8 } from 'node:buffer';

/** `fingerprint <base64(identifier)>`; anything else is no identifier. */
export function decodeDeviceIdentifier(header: string | undefined): string | undefined {
  const encoded = /^fingerprint +(\S+)$/.exec(header?.trim() ?? '')?.[1];
  if (encoded === undefined || !isBase64(encoded)) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.length === 0 ? undefined : deviceName(bytes);
}

/** One spelling for one identifier: its text, or `base64:…` if its bytes are not UTF-8. */
export function deviceName(identifier: string | Uint8Array): string {
  if (typeof identifier === 'string') return identifier;
  return isUtf8(identifier)
    ? Buffer.from(identifier).toString()
    : `base64:${Buffer.from(identifier).toString('base64')}`;
}

/** Standard alphabet, padded. */
export function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}
