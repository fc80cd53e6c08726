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
   * Sent as `X-Device-Info`. Text is taken as a header value that the device made itself and is forwarded unchanged.
   * To an object, `connectionIp` and `connectionPort` are added where it lacks them and they are known.
   */
  readonly info?: DeviceInfo | string | undefined;
  /**
   * The device's public IP address, sent as `X-Forwarded-For`: it is what Adobe throttles by. A private or loopback
   * address is never sent. Adapters fill it with the address that the framework's proxy settings trust.
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
