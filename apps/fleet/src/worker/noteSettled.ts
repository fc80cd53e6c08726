import { subscribe } from 'node:diagnostics_channel';
import { deviceAt } from './devices.js';
import type { HandOutLog, SettledLine } from './HandOutLog.js';
import { memberOf } from './memberOf.js';

const kinds: ReadonlyMap<unknown, SettledLine['kind']> = new Map([
  ['/o/client/register', 'register'],
  ['/o/client/token', 'token'],
]);

/** Logs each register and token call when undici is done with it, before anybody hears of that. */
export function noteSettled(log: HandOutLog): void {
  const note = (message: unknown, answered: boolean): void => {
    const request = memberOf(message, 'request');
    const kind = kinds.get(memberOf(request, 'path'));
    if (kind === undefined) return;
    const device = deviceAt(forwardedFor(memberOf(request, 'headers')));
    log.write({ device, kind, settledAt: Date.now(), answered });
  };
  subscribe('undici:request:trailers', (message) => note(message, true));
  subscribe('undici:request:error', (message) => note(message, false));
}

/** undici keeps headers as a list of names and values. */
function forwardedFor(headers: unknown): string | undefined {
  if (!Array.isArray(headers)) return undefined;
  const list: readonly unknown[] = headers;
  const value = list[list.indexOf('x-forwarded-for') + 1];
  return typeof value === 'string' ? value : undefined;
}
