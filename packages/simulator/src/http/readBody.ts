import type { IncomingMessage } from 'node:http';

export type BodyReading =
  | { readonly kind: 'read'; readonly body: string }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'aborted' };

export async function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyReading> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // The socket has to survive an early exit, for the answer.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) return { kind: 'tooLarge' };
      chunks.push(chunk);
    }
  } catch {
    return { kind: 'aborted' };
  }
  return { kind: 'read', body: Buffer.concat(chunks).toString() };
}
