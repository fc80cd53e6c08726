import { describe, expect, it } from 'vitest';
import { failureOf, replyCodeOf } from '../src/failureOf.js';
import { RedisFailure } from '../src/RedisFailure.js';

class ReplyError extends Error {}
class TimeoutError extends Error {}
class RequestError extends Error {}

const withCode = (message: string, code: string): Error => Object.assign(new Error(message), { code });
const glide = (text: string): Error => new RequestError(`An error was signalled by the server: - ${text}`);

describe('what an error of a driver means', () => {
  it.each([
    ['an OOM', new ReplyError("OOM command not allowed when used memory > 'maxmemory'."), 'refused', 'OOM'],
    [
      'an OOM from glide',
      new RequestError("OOM: command not allowed when used memory > 'maxmemory'."),
      'refused',
      'OOM',
    ],
    [
      'a missing permission',
      new ReplyError("NOPERM this user has no permissions to run the 'evalsha' command"),
      'refused',
      'NOPERM',
    ],
    [
      'a missing permission from glide',
      glide('PermissionDenied: this user has no permissions'),
      'refused',
      'NOPERM',
    ],
    [
      'a replica',
      new ReplyError("READONLY You can't write against a read only replica."),
      'refused',
      'READONLY',
    ],
    [
      'a replica from glide',
      glide("ReadOnly: You can't write against a read only replica."),
      'refused',
      'READONLY',
    ],
    [
      'another type',
      new ReplyError('WRONGTYPE Operation against a key holding the wrong kind of value'),
      'refused',
      'WRONGTYPE',
    ],
    [
      'too few replicas',
      new ReplyError('NOREPLICAS Not enough good replicas to write.'),
      'refused',
      'NOREPLICAS',
    ],
    ['a login that is missing', new ReplyError('NOAUTH Authentication required.'), 'refused', 'NOAUTH'],
    ['any other reply', new ReplyError("ERR unknown command 'MGET'"), 'refused', 'ERR'],
    ['any other reply from glide', glide("ResponseError: unknown command 'MGET'"), 'refused', 'ERR'],
    ['a server without scripts', new ReplyError("ERR unknown command 'EVALSHA'"), 'refused', 'NOLUA'],
    ['a server without Lua', new ReplyError("ERR Could not find scripting engine 'lua'"), 'refused', 'NOLUA'],
    ['an error of another realm', { message: 'OOM command not allowed' }, 'refused', 'OOM'],
    [
      'a server that loads',
      new ReplyError('LOADING Redis is loading the dataset in memory'),
      'unreachable',
      'LOADING',
    ],
    [
      'a server that loads, from glide',
      glide('BusyLoadingError: Redis is loading the dataset in memory'),
      'unreachable',
      'LOADING',
    ],
    [
      'a Cluster that is down',
      new ReplyError('CLUSTERDOWN The cluster is down'),
      'unreachable',
      'CLUSTERDOWN',
    ],
    [
      'a Cluster that is down, from glide',
      glide('ClusterDown: The cluster is down'),
      'unreachable',
      'CLUSTERDOWN',
    ],
    [
      'a replica without its primary',
      new ReplyError('MASTERDOWN Link with MASTER is down'),
      'unreachable',
      'MASTERDOWN',
    ],
    [
      'a slot on its way',
      new ReplyError('TRYAGAIN Multiple keys request during rehashing of slot'),
      'unreachable',
      'TRYAGAIN',
    ],
    ['a redirection too many', new ReplyError('MOVED 3999 127.0.0.1:6381'), 'unreachable', 'MOVED'],
    [
      'a server busy with a script',
      new ReplyError('BUSY Redis is busy running a script.'),
      'unreachable',
      'BUSY',
    ],
    [
      'a refused connection',
      withCode('connect ECONNREFUSED 127.0.0.1:6379', 'ECONNREFUSED'),
      'unreachable',
      'ECONNREFUSED',
    ],
    ['a connection that ended', withCode('read ECONNRESET', 'ECONNRESET'), 'unreachable', 'ECONNRESET'],
    ['a connection that ended, by its code alone', new Error('ECONNRESET'), 'unreachable', undefined],
    ['a closed client', new Error('Connection is closed.'), 'unreachable', undefined],
    ['a command that took too long', new TimeoutError('timed out'), 'unreachable', undefined],
    [
      'a queue that may not be used',
      new Error("Stream isn't writeable and enableOfflineQueue options is false"),
      'unreachable',
      undefined,
    ],
    ['something that is no error', 'gone', 'unreachable', undefined],
  ])('%s', (_name, error, kind, redisCode) => {
    expect(failureOf(error)).toMatchObject({ kind, redisCode });
  });

  it('is itself where the cache has said it already', () => {
    const failure = new RedisFailure('unusable', 'a reply is none');
    expect(failureOf(failure)).toBe(failure);
  });

  it('is said without what the driver said, which may hold addresses, passwords, keys and values', () => {
    const secrets = ['redis://user:hunter2@10.1.2.3:6379', 'pass-dcr:lo:key', 'e2.sealed'];
    for (const error of [
      withCode(`connect ECONNREFUSED ${secrets.join(' ')}`, 'ECONNREFUSED'),
      new ReplyError(`ERR ${secrets.join(' ')}`),
      new Error(secrets.join(' ')),
      withCode(secrets.join(' '), secrets.join(' ')),
    ]) {
      const failure = failureOf(error);
      for (const secret of secrets) expect(`${failure.message} ${failure.redisCode}`).not.toContain(secret);
      expect(failure.cause).toBeUndefined();
    }
  });
});

describe('the code of a reply', () => {
  it.each([
    ['NOSCRIPT No matching script. Please use EVAL.', 'NOSCRIPT'],
    [
      'An error was signalled by the server: - NoScriptError: No matching script. Please use EVAL.',
      'NOSCRIPT',
    ],
    ['NOSCRIPT', 'NOSCRIPT'],
    ['ETIMEDOUT', undefined],
    ['Socket closed unexpectedly', undefined],
    ['None of startup nodes is available', undefined],
  ])('%s', (message, code) => {
    expect(replyCodeOf(new Error(message))).toBe(code);
  });
});
