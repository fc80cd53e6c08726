import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../src/http/decodeBody.js';

const text = Buffer.from(JSON.stringify({ mvpds: ['one', 'two'] }));
const maxBytes = 10_000;

/** At its best, it takes minutes for what gzip does in an instant. */
const quickBrotli = (body: Buffer): Buffer =>
  brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });

describe('decodeBody', () => {
  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['GZip', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['identity', text],
    ['', text],
    ['deflate, gzip', gzipSync(deflateSync(text))],
    ['gzip,, identity', gzipSync(text)],
  ])('takes off %j', (coding, body) => {
    expect(decodeBody(body, coding, maxBytes)).toEqual({ kind: 'decoded', body: text });
  });

  it('of an answer without content has nothing to take off', () => {
    expect(decodeBody(Buffer.alloc(0), 'gzip', maxBytes)).toEqual({ kind: 'decoded', body: Buffer.alloc(0) });
  });

  it.each([
    ['zstd', text],
    ['gzip, zstd', text],
    ['gzip', text],
    ['gzip', gzipSync(text).subarray(0, -9)],
    ['br', gzipSync(text)],
    ['deflate', text],
  ])('leaves %j that it does not know, or that the body is not of', (coding, body) => {
    expect(decodeBody(body, coding, maxBytes)).toEqual({ kind: 'undecodable' });
  });

  it.each([
    ['gzip', gzipSync],
    ['br', quickBrotli],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
  ])('stops a few bytes of %s that would become four megabytes', (coding, compress) => {
    const bomb = compress(Buffer.alloc(4_000_000));
    const before = process.memoryUsage().arrayBuffers;
    expect(decodeBody(bomb, coding, maxBytes)).toEqual({ kind: 'too_large' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
  });
});
