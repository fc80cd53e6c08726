/**
 * What is known of the streaming device that a request is made for.
 *
 * The library does not authenticate devices. Whoever presents another device's identifier gets that device's profiles
 * and media tokens, so the identifier must come from something your server has verified.
 */
export interface Device {
  /**
   * The raw device identifier, not the `AP-Device-Identifier` header: text, or the bytes themselves. Text and its UTF-8
   * bytes name the same device. 1 to 1024 bytes, no control characters in text.
   * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/appendix/headers/rest-api-v2-appendix-headers-ap-device-identifier
   */
  readonly identifier: string | Uint8Array;
  /**
   * Sent as `X-Device-Info`. An object is what your server says of the device: `connectionIp` and `connectionPort` are added
   * where it lacks them and they are known. Text is the header as the device itself made it: what that says of the
   * connection is dropped, and the same is added. Text that is no Base64 of a JSON object is forwarded as it is, unless it
   * could name an address.
   */
  readonly info?: DeviceInfo | string | undefined;
  /**
   * The device's public IP address, sent as `X-Forwarded-For`: it is what Adobe throttles by. A port, brackets and quotes,
   * as proxies write them, are taken off; a private, loopback or unreadable address is never sent, and refuses nobody.
   * Adapters fill it with the address that the framework's proxy settings trust.
   */
  readonly address?: string | undefined;
  /** The source port at the device's end of the connection, if it is the device's own. */
  readonly port?: number | undefined;
  /** The device's `User-Agent`. */
  readonly userAgent?: string | undefined;
}

/**
 * The `X-Device-Info` object. Adobe takes values outside its lists too, and further members are passed on.
 * @see https://experienceleague.adobe.com/en/docs/pass/authentication/integration-guide-programmers/rest-apis/rest-api-v2/appendix/headers/rest-api-v2-appendix-headers-x-device-info
 */
export interface DeviceInfo {
  readonly primaryHardwareType?: string | undefined;
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly manufacturer?: string | undefined;
  readonly vendor?: string | undefined;
  readonly osName?: string | undefined;
  readonly osFamily?: string | undefined;
  readonly osVendor?: string | undefined;
  readonly osVersion?: string | undefined;
  readonly browserName?: string | undefined;
  readonly browserVendor?: string | undefined;
  readonly browserVersion?: string | undefined;
  readonly userAgent?: string | undefined;
  /** Pixels. */
  readonly displayWidth?: number | string | undefined;
  /** Pixels. */
  readonly displayHeight?: number | string | undefined;
  /** Pixels per inch. */
  readonly displayPpi?: number | string | undefined;
  /** Inches. */
  readonly diagonalScreenSize?: number | string | undefined;
  readonly connectionIp?: string | undefined;
  readonly connectionPort?: number | string | undefined;
  readonly connectionType?: string | undefined;
  readonly connectionSecure?: boolean | string | undefined;
  readonly applicationId?: string | undefined;
  readonly [member: string]: unknown;
}
