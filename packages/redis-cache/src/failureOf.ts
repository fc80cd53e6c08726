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

/** What a client says where it waits for messages, and what a server says to it. */
const subscriberMode = /subscriber mode|\(P\|S\)SUBSCRIBE/;
const noScripts = /unknown command ['"`]?eval(sha)?\b|could not find scripting engine/i;

/** What a rejection of a driver means. */
export function failureOf(error: unknown): RedisFailure {
  if (error instanceof RedisFailure) return error;
  const message = messageOf(error);
  if (subscriberMode.test(message)) {
    return new RedisFailure(
      'refused',
      'the client is in subscriber mode and takes no other command: give the cache a client of its own, such as client.duplicate()',
      'SUBSCRIBER',
    );
  }
  if (noScripts.test(message)) return new RedisFailure('refused', 'it runs no Lua scripts', 'NOLUA');
  const code = replyCodeOf(error);
  if (code !== undefined) {
    return notNow.has(code)
      ? new RedisFailure('unreachable', `Redis cannot serve now (${code})`, code)
      : new RedisFailure('refused', `Redis refused the command (${code})`, code);
  }
  const systemCode = systemCodeOf(error);
  const what = /\bclosed\b/i.test(message) ? 'its connection is closed' : nameOf(error);
  return new RedisFailure(
    'unreachable',
    `the client could not have the command answered (${systemCode ?? what})`,
    systemCode,
  );
}

/** What a client's error says in one word, which is no address and no secret; with what it usually means. */
export function troubleOf(error: unknown): string {
  const message = messageOf(error);
  if (/before secure TLS connection/.test(message)) return `TLS, ${meaningOfTls}`;
  const code = replyCodeOf(error) ?? systemCodeOf(error);
  if (code === undefined) return /\bclosed\b/i.test(message) ? 'its connection was closed' : nameOf(error);
  const meaning = code.startsWith('ERR_SSL') || code === 'EPROTO' ? meaningOfTls : troubles.get(code);
  return meaning === undefined ? code : `${code}, ${meaning}`;
}

const meaningOfTls = 'one side speaks TLS and the other does not';

const troubles: ReadonlyMap<string, string> = new Map([
  ['WRONGPASS', 'the user or its password is wrong'],
  ['NOAUTH', 'a password is needed'],
  ['ECONNREFUSED', 'nothing listens at that address'],
  ['ENOTFOUND', 'the name of the host is not known'],
  ['EAI_AGAIN', 'the name of the host cannot be looked up'],
]);

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
