import { subscribe } from 'node:diagnostics_channel';
import { deviceAt } from './devices.js';
import type { HandOutLog } from './HandOutLog.js';
import { memberOf } from './memberOf.js';

/** Logs each register call that ends without an answer for this process: Adobe Pass may have registered all the same. */
export function noteGivenUp(log: HandOutLog): void {
  subscribe('undici:request:error', (message) => {
    const request = memberOf(message, 'request');
    if (memberOf(request, 'path') !== '/o/client/register') return;
    log.write({ device: deviceAt(forwardedFor(memberOf(request, 'headers'))), gaveUpAt: Date.now() });
  });
}

/** undici keeps headers as a list of names and values. */
function forwardedFor(headers: unknown): string | undefined {
  if (!Array.isArray(headers)) return undefined;
  const list: readonly unknown[] = headers;
  const value = list[list.indexOf('x-forwarded-for') + 1];
  return typeof value === 'string' ? value : undefined;
}
