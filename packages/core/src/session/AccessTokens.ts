import type { Device } from '../device/Device.js';
import type { CredentialsRecord } from '../registration/record.js';

export interface TokenOptions {
  readonly signal?: AbortSignal | undefined;
  /** An instant of the monotonic clock: the caller's, for everything that its call needs. */
  readonly deadline: number;
  /** A token that a 401 named: the answer is another one. */
  readonly rejected?: string | undefined;
  /**
   * The token is for a call that may bind a viewer. It is of the pair that the cache has, by a look made for this caller or
   * for others at the same time, and that pair is marked. Default `false`.
   */
  readonly binds?: boolean | undefined;
}

/**
 * The access tokens of devices, as the API calls see them.
 *
 * `device` may be a view of the request that it came with, which works out address, port and `User-Agent` only when they
 * are read. An implementation reads just `identifier` until it has upstream work to do, and keeps `device` no longer than
 * that work: whoever held it would hold the request.
 */
export interface AccessTokens {
  /**
   * What the methods below know a device by: the same for equal identifiers, however they are written.
   * @throws PassError `device_identifier_invalid`
   */
  keyOf(device: Device): string;
  /** The token in memory if it is usable now, without a promise. Starts its renewal in the background when that is due. */
  peek(key: string, device: Device): string | undefined;
  /**
   * A usable token. Concurrent callers share the work; a caller's signal or deadline ends its own wait only.
   * With `rejected`, at most one refresh per device per 30 s is forced; a caller beyond that gets `access_token_rejected`.
   * With `binds`, a cache that does not answer is `cache_unavailable`, and a record that cannot be opened
   * `cache_record_unreadable`.
   * @throws PassError
   */
  get(key: string, device: Device, options: TokenOptions): Promise<string>;
  /**
   * The answer to a call with this token has shown a viewer's sign-in on the device's pair. Noted with the pair in the
   * background, once a day: until then this does nothing. A token that is not the device's any more says nothing.
   */
  sawSignIn(key: string, accessToken: string): void;
  /** The device's stored pair, as far as this process knows it; `null`: it does not. */
  pairOf(key: string): KnownPair | null;
  /**
   * The answer to a logout with this token has left no sign-in on the device's pair. Noted as a sign-in is, each time: another
   * process may have seen one.
   */
  sawSignOut(key: string, accessToken: string): void;
}

/** The credentials of a device, and since when it has had them. */
export type KnownPair = Pick<CredentialsRecord, 'clientId' | 'clientSecret' | 'generation' | 'registeredAt'>;
