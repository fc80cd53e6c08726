import { describe, expect, it } from 'vitest';
import { RespFrames } from '../../src/tcpProxy/RespFrames.js';

const frames: readonly (readonly [name: string, bytes: string])[] = [
  ['a command', '*2\r\n$3\r\nget\r\n$3\r\nkey\r\n'],
  ['a simple string', '+OK\r\n'],
  ['an error', '-ERR unknown\r\n'],
  ['an integer', ':42\r\n'],
  ['a bulk string', '$5\r\na\r\nbc\r\n'],
  ['an empty bulk string', '$0\r\n\r\n'],
  ['a missing bulk string', '$-1\r\n'],
  ['a missing array', '*-1\r\n'],
  ['an empty array', '*0\r\n'],
  ['arrays in an array', '*2\r\n*1\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n'],
  ['a map', '%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n:2\r\n'],
  ['a set', '~2\r\n+a\r\n+b\r\n'],
  ['nothing', '_\r\n'],
  ['a verbatim string', '=7\r\ntxt:a\r\n\r\n'],
  ['a bulk error', '!5\r\nERR x\r\n'],
  ['a value with attributes', '|1\r\n+ttl\r\n:3600\r\n$3\r\nkey\r\n'],
  ['an inline command', 'PING\r\n'],
];

const all = Buffer.from(frames.map(([, bytes]) => bytes).join(''));

describe('RespFrames', () => {
  it.each(frames)('takes %s for one frame, complete with its last byte', (_name, bytes) => {
    const parser = new RespFrames();
    expect(parser.push(Buffer.from(bytes.slice(0, -1)))).toEqual([]);
    expect(parser.isInsideFrame).toBe(true);
    expect(parser.push(Buffer.from(bytes.slice(-1)))).toMatchObject([{ endInChunk: 1 }]);
    expect(parser.isInsideFrame).toBe(false);
  });

  it('finds each frame in one chunk, and where it ends', () => {
    const ends: number[] = [];
    for (const [, bytes] of frames) ends.push((ends.at(-1) ?? 0) + bytes.length);
    expect(new RespFrames().push(all).map(({ endInChunk }) => endInChunk)).toEqual(ends);
  });

  it.each([1, 2, 3, 7])('finds each frame in chunks of %i bytes', (size) => {
    const parser = new RespFrames();
    let found = 0;
    for (let at = 0; at < all.length; at += size) found += parser.push(all.subarray(at, at + size)).length;
    expect(found).toBe(frames.length);
  });

  it('knows the command of a request, and data that answer none', () => {
    const bytes = `${frames[0]?.[1] ?? ''}>2\r\n+invalidate\r\n*0\r\n+OK\r\n`;
    expect(new RespFrames().push(Buffer.from(bytes))).toMatchObject([
      { command: 'GET', isPush: false },
      { command: undefined, isPush: true },
      { command: undefined, isPush: false },
    ]);
  });
});
