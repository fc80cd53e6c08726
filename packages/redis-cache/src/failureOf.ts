import { RedisFailure } from './RedisFailure.js';

/** Replies of a server, or of a cluster, that cannot serve anybody for the moment. */
const notNow: ReadonlySet<string> = new Set([
  'LOADING',
  'CLUSTERDOWN',
  'MASTERDOWN',
  'TRYAGAIN',
  'BUSY',
  'UNKILLABLE',
  'MOVED',
  'ASK',
]);

/** How valkey-glide writes the codes of replies. */
const glideCodes: ReadonlyMap<string, string> = new Map([
  ['NoScriptError', 'NOSCRIPT'],
  ['ReadOnly', 'READONLY'],
  ['PermissionDenied', 'NOPERM'],
  ['BusyLoadingError', 'LOADING'],
  ['ClusterDown', 'CLUSTERDOWN'],
  ['MasterDown', 'MASTERDOWN'],
  ['TryAgain', 'TRYAGAIN'],
  ['Moved', 'MOVED'],
  ['Ask', 'ASK'],
  ['CrossSlot', 'CROSSSLOT'],
  ['ResponseError', 'ERR'],
]);

/** What a rejection of a driver means. */
export function failureOf(error: unknown): RedisFailure {
  if (error instanceof RedisFailure) return error;
  const code = replyCodeOf(error);
  if (code !== undefined) {
    return notNow.has(code)
      ? new RedisFailure('unreachable', `Redis cannot serve now (${code})`, code)
      : new RedisFailure('refused', `Redis refused the command (${code})`, code);
  }
  const systemCode = systemCodeOf(error);
  const what = /\bclosed\b/i.test(messageOf(error)) ? 'its connection is closed' : nameOf(error);
  return new RedisFailure(
    'unreachable',
    `the client could not have the command answered (${systemCode ?? what})`,
    systemCode,
  );
}

/** The code at the head of a server's error reply, `undefined` for an error that no server sent. */
export function replyCodeOf(error: unknown): string | undefined {
  const message = messageOf(error);
  const [, code] = /^([A-Z][A-Z0-9_]+)(?::| |$)/.exec(message) ?? [];
  // Node's own, as some clients pass them on.
  if (code !== undefined) return /^E[A-Z]{4,}$/.test(code) && code !== 'EXECABORT' ? undefined : code;
  const [, glideName] = /signalled by the server: - ([A-Za-z]+):/.exec(message) ?? [];
  return glideName === undefined ? undefined : (glideCodes.get(glideName) ?? 'ERR');
}

function messageOf(error: unknown): string {
  const { message } = membersOf(error);
  return typeof message === 'string' ? message : '';
}

function systemCodeOf(error: unknown): string | undefined {
  const { code } = membersOf(error);
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? code : undefined;
}

function nameOf(error: unknown): string {
  const name = membersOf(error).constructor.name;
  return /^[A-Za-z]{1,40}$/.test(name) ? name : 'Error';
}

/** By its shape: under Jest, what Node throws is an Error of another realm. */
function membersOf(error: unknown): Partial<Record<'message' | 'code', unknown>> {
  return typeof error === 'object' && error !== null ? error : {};
}
