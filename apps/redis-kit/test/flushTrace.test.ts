import { expect, it } from 'vitest';
import { flushesIn } from '../src/flushTrace.js';

const aof = '9</tmp/x/appendonlydir/appendonly.aof.1.incr.aof>';
const bytesIn = (...lines: readonly string[]): number => flushesIn(lines.join('\n')).bytes;

it('a flush is of what had been written when it began, however long it takes', () => {
  const lines = [
    `10 write(${aof}, ""..., 100) = 100`,
    `11 fdatasync(${aof} <unfinished ...>`,
    `10 write(${aof}, ""..., 50) = 50`,
    '11 <... fdatasync resumed>) = 0',
    `10 write(${aof}, ""..., 7) = 7`,
  ];
  expect(flushesIn(lines.join('\n'))).toEqual({ bytes: 100, count: 1 });
});

it('a flush that failed, or that the end of the server cut off, has flushed nothing', () => {
  const write = `10 write(${aof}, ""..., 100) = 100`;
  expect(bytesIn(write, `11 fdatasync(${aof}) = -1 EIO (Input/output error)`)).toBe(0);
  expect(bytesIn(write, `11 fdatasync(${aof} <unfinished ...>) = ?`)).toBe(0);
  expect(bytesIn(write, `11 fdatasync(${aof} <unfinished ...>`, '11 +++ killed by SIGKILL +++')).toBe(0);
});

it('what is written to anything else does not count', () => {
  expect(
    bytesIn('10 write(13<TCP:[127.0.0.1:1->127.0.0.1:2]>, ""..., 12) = 12', `10 fdatasync(${aof}) = 0`),
  ).toBe(0);
});
