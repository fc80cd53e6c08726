import type { UpstreamResponse } from '../../src/http/Transport.js';

/** A response as the transport gives it. An object becomes JSON with Adobe's Content-Type. */
export function upstreamResponse(
  status: number,
  body: unknown = '',
  headers: Record<string, string> = {},
): UpstreamResponse {
  const isText = typeof body === 'string' || Buffer.isBuffer(body);
  return {
    status,
    headers: isText ? headers : { 'content-type': 'application/json;charset=UTF-8', ...headers },
    body: Buffer.isBuffer(body) ? body : Buffer.from(isText ? String(body) : JSON.stringify(body)),
    requestedAt: Date.UTC(2026, 0, 1),
  };
}

/** The page of Adobe's documented 429. */
export const gatewayPage =
  '<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>openresty</center>\r\n</body>\r\n</html>';
