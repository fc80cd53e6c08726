import type { LedgerEntry } from '@pass-dcr/simulator';
import type { ApiCall, DcrCall } from '../checks/History.js';
import type { RealTime } from './RealTime.js';
import { deviceAt } from '../worker/devices.js';

/** `null` for any other call. */
export function dcrCallOf(entry: LedgerEntry, time: RealTime): DcrCall | null {
  const { endpoint, status, durationMs, userAgent, forwardedFor, clientId, issuedToken } = entry;
  if (endpoint !== 'register' && endpoint !== 'token') return null;
  const startedAt = time.of(entry.at);
  return {
    kind: endpoint,
    worker: userAgent ?? 'nobody',
    device: deviceAt(forwardedFor),
    startedAt,
    endedAt: durationMs === undefined ? null : startedAt + durationMs,
    status,
    clientId: clientId ?? null,
    issued: issuedToken ?? null,
  };
}

export function apiCallOf(entry: LedgerEntry, time: RealTime): ApiCall | null {
  const { endpoint, status, at, userAgent, forwardedFor, clientId, presentedToken } = entry;
  if (endpoint !== 'profiles' || clientId === undefined || presentedToken === undefined) return null;
  return {
    worker: userAgent ?? 'nobody',
    device: deviceAt(forwardedFor),
    clientId,
    token: presentedToken,
    at: time.of(at),
    status,
  };
}
