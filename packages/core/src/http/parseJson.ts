/** The value of a JSON body, or why there is none. */
export type ParsedJson =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly empty: boolean };

/**
 * Reads a body as JSON whatever its Content-Type says. The engine's `SyntaxError` is dropped, because its message quotes
 * the text it could not read, and that text may hold a client secret or a token.
 */
export function parseJson(body: Buffer): ParsedJson {
  // RFC 8259 §8.1 lets a reader ignore a byte order mark; JSON.parse does not.
  const text = body.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return { ok: false, empty: true };
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch {
    return { ok: false, empty: false };
  }
}

/** Whether `value` is a JSON object: neither `null` nor an array. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
