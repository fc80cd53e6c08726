import { describe, expect, it } from 'vitest';
import type { OwnConnection } from '../src/drivers/RedisDriver.js';
import { tellsOfItsDisk } from '../src/replication/diskAnswers.js';

type Answers = Readonly<Record<string, unknown>>;

/** A server that answers so to the commands, by their first word, and refuses the others. */
function connectionTo(answers: Answers): OwnConnection & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    sendTogether: async (commands) =>
      commands.map(([name = '']) => {
        asked.push(name);
        return name in answers
          ? { status: 'fulfilled', value: answers[name] }
          : { status: 'rejected', reason: new Error('NOPERM no permissions') };
      }),
    isOpen: () => true,
    close: () => undefined,
  };
}

const info = (version: string): string => `# Server\r\n${version}\r\nredis_mode:standalone\r\n`;
const valkey = (version: string): string => info(`redis_version:7.2.4\r\nvalkey_version:${version}`);

describe('what a server says of its disk', () => {
  it.each([
    ['Redis 7.2', info('redis_version:7.2.6'), true],
    ['Redis 7.4', info('redis_version:7.4.1'), false],
    ['a milestone of Redis 8', info('redis_version:7.9.225'), false],
    ['Redis 8.0', info('redis_version:8.0.0'), true],
    ['Redis 8.10', info('redis_version:8.10.1'), true],
    ['Valkey 7.2', valkey('7.2.8'), true],
    ['Valkey 8', valkey('8.0.1'), false],
    ['Valkey 9.1', valkey('9.1.2'), false],
    ['a server without a version', info('os:Amazon MemoryDB'), false],
    ['a server without INFO', undefined, false],
  ])('is believed as its version is known to wait for the flush: %s', async (_name, text, isBelieved) => {
    const answers: Answers = {
      ...(text === undefined ? {} : { INFO: text }),
      CONFIG: ['appendfsync', 'everysec'],
    };
    expect(await tellsOfItsDisk(connectionTo(answers))).toBe(isBelieved);
  });

  it.each([
    ['a list', ['appendfsync', 'always']],
    ['a list of bytes', [Buffer.from('appendfsync'), Buffer.from('always')]],
    ['a map', new Map([['appendfsync', 'always']])],
    ['an object', { appendfsync: 'always' }],
  ])('is believed of any version that flushes each write, said as %s', async (_name, reply) => {
    expect(await tellsOfItsDisk(connectionTo({ INFO: valkey('8.0.1'), CONFIG: reply }))).toBe(true);
  });

  it('is not believed where the setting is not shown, nor where nothing is answered', async () => {
    expect(await tellsOfItsDisk(connectionTo({ INFO: valkey('8.0.1') }))).toBe(false);
    expect(await tellsOfItsDisk(connectionTo({ INFO: valkey('8.0.1'), CONFIG: [] }))).toBe(false);
    const gone: OwnConnection = {
      ...connectionTo({}),
      sendTogether: async () => await Promise.reject(new Error('closed')),
    };
    expect(await tellsOfItsDisk(gone)).toBe(false);
  });

  it('costs no look at the setting where the version is enough', async () => {
    const connection = connectionTo({ INFO: info('redis_version:8.2.1') });
    expect(await tellsOfItsDisk(connection)).toBe(true);
    expect(connection.asked).toEqual(['INFO']);
  });
});
