import { RequestError } from './RequestError.js';

/**
 * The platform's own id for a device, in the body of `POST /api/device`; `undefined` where there is none.
 * @throws RequestError 400
 */
export function platformIdIn(body: unknown): string | undefined {
  const { platformId } = (body ?? {}) as { readonly platformId?: unknown };
  if (platformId === undefined) return undefined;
  if (typeof platformId === 'string' && /^.{8,256}$/.test(platformId)) return platformId;
  throw new RequestError(400, 'platformId must be text of 8 to 256 characters.');
}
