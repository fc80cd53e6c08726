import { isUtf8 } from 'node:buffer';
import { isJsonObject, parseJson } from '../http/parseJson.js';
import { defaultTiming } from '../timing.js';
import type { DeviceInfo } from './Device.js';
import { headerInvalid } from './headerValue.js';
import { RecurringWarning } from './RecurringWarning.js';

const header = 'X-Device-Info';
const longestHeader = 8_192;

const base64 = /^[ \t]*([\w+/-]+)={0,2}[ \t]*$/;

/** What is known of the device's connection; the address in the form that is forwarded. */
export interface DeviceConnection {
  readonly address?: string | undefined;
  readonly port?: number | undefined;
}

/**
 * The value of `X-Device-Info`: plain Base64 of the object, with the connection added where it lacks it and the address
 * is known. Text is a value that the device made itself: what it says of the connection is left out, as the device must
 * not choose its address, and the rest goes out as if the server had said it.
 * @throws PassError `header_invalid`
 */
export function deviceInfoHeader(info: DeviceInfo | string, connection: DeviceConnection = {}): string {
  const read = typeof info === 'string' ? parseDeviceInfoHeader(info) : info;
  return typeof read === 'string' ? unreadText(read) : encoded(read, connection);
}

function encoded(info: DeviceInfo, connection: DeviceConnection): string {
  if (!isJsonObject(info))
    throw headerInvalid(
      header,
      `must be text or an object, received ${info === null ? 'null' : 'an array or another type'}`,
    );
  const json = jsonOf({ ...info, ...missingConnection(info, connection) });
  const value = Buffer.from(json, 'utf8').toString('base64');
  if (value.length > longestHeader) {
    throw headerInvalid(
      header,
      `must have at most ${longestHeader} characters as Base64, received ${value.length}`,
    );
  }
  return value;
}

/**
 * What this library cannot read, Adobe Pass may: it is seen to take what is no Base64, and its own sample is no JSON. So
 * such text is forwarded, unless a lenient reader could find a connection in it.
 */
function unreadText(info: string): string {
  if (info.length > longestHeader) {
    throw headerInvalid(header, `must have at most ${longestHeader} characters, received ${info.length}`);
  }
  if (!/^[\t\x20-\x7E\x80-\xFF]*$/.test(info)) {
    throw headerInvalid(
      header,
      `must be text that a header can carry, received ${info.length} characters with others among them`,
    );
  }
  const text = info.trim();
  if (text === '') return '';
  malformed.meet(base64.test(text) ? 'no JSON object' : 'no Base64');
  return mayNameConnection(text) ? '' : text;
}

/** One for the process, because it is met long before there is a `Pass` whose timing could be asked. */
const malformed = new RecurringWarning('device_info_malformed', defaultTiming.readiness.deviceWarningEveryMs);

/** As text, percent-decoded, and as Base64 that begins anywhere and has other characters in between; in JSON also escaped. */
function mayNameConnection(text: string): boolean {
  const plain = text.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  const digits = plain.replaceAll(/[^\w+/-]/g, '');
  const decoded = [0, 1, 2, 3].map((start) => Buffer.from(digits.slice(start), 'base64').toString('latin1'));
  return [plain, ...decoded].some((reading) => /connection|\\u/i.test(reading.replaceAll('\0', '')));
}

/** Adobe's samples have the port as text. */
function missingConnection(info: DeviceInfo, { address, port }: DeviceConnection): DeviceInfo {
  if (address === undefined) return {};
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw headerInvalid(header, 'cannot take device.port, which must be an integer from 1 to 65535');
  }
  return {
    ...(info.connectionIp === undefined ? { connectionIp: address } : undefined),
    ...(info.connectionPort === undefined && port !== undefined
      ? { connectionPort: String(port) }
      : undefined),
  };
}

function jsonOf(info: DeviceInfo): string {
  try {
    const json: unknown = JSON.stringify(info);
    if (typeof json === 'string') return json;
  } catch {
    // A cycle or a BigInt. The engine's message names members, which are the device's own affair.
  }
  throw headerInvalid(header, 'must be an object that JSON can express');
}

/**
 * The device info in an inbound `X-Device-Info`, but for `connectionIp` and `connectionPort`: these are for the server to
 * say, as Adobe Pass goes by them, and are added from the connection when something is sent. What is no Base64 of a JSON
 * object comes back as the text it is.
 */
export function parseDeviceInfoHeader(value: string): DeviceInfo | string {
  const info = decodeDeviceInfo(value);
  return info === undefined ? value : withoutConnection(info);
}

/** In any case: nobody says how Adobe Pass compares the names. */
function withoutConnection(info: DeviceInfo): DeviceInfo {
  return Object.fromEntries(Object.entries(info).filter(([name]) => !/^connection(?:ip|port)$/i.test(name)));
}

function decodeDeviceInfo(value: string): DeviceInfo | undefined {
  if (value.length > longestHeader) return undefined;
  const [, digits = ''] = base64.exec(value) ?? [];
  const bytes = Buffer.from(digits, 'base64url');
  if (!isUtf8(bytes)) return undefined;
  const parsed = parseJson(bytes);
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined;
}
