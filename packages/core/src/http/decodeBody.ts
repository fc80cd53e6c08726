import {
  brotliDecompressSync,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  type BrotliOptions,
  type ZlibOptions,
} from 'node:zlib';

export type DecodedBody =
  | { readonly kind: 'decoded'; readonly body: Buffer }
  /** It would be longer than it may. */
  | { readonly kind: 'too_large' }
  /** A coding that nobody here knows, or a body that is not of it. */
  | { readonly kind: 'undecodable' };

type Decode = (body: Buffer, options: ZlibOptions & BrotliOptions) => Buffer;

const decoders: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['identity', (body) => body],
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['br', brotliDecompressSync],
  ['deflate', inflate],
]);

/**
 * A body without its `Content-Encoding`, of at most `maxBytes`. Nobody here asks for one: this is for what stands between
 * and compresses all the same, so it is rare, and short enough to be done at once.
 * @see https://www.rfc-editor.org/rfc/rfc9110.html#section-8.4
 */
export function decodeBody(body: Buffer, contentEncoding: string, maxBytes: number): DecodedBody {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '');
  let decoded = body;
  try {
    // In the order in which they were applied, so that the last is the outermost.
    for (const coding of codings.toReversed()) {
      const decode = decoders.get(coding);
      if (decode === undefined) return { kind: 'undecodable' };
      // There is none, such as that of an answer without content.
      if (decoded.length > 0) decoded = decode(decoded, { maxOutputLength: maxBytes });
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { kind: code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'undecodable' };
  }
  return { kind: 'decoded', body: decoded };
}

/** Some servers leave out the wrapping that RFC 9110 wants. */
function inflate(body: Buffer, options: ZlibOptions): Buffer {
  try {
    return inflateSync(body, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw error;
    return inflateRawSync(body, options);
  }
}
