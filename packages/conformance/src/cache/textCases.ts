import { lasting, readOne, store, type CacheSuite } from './CacheSuite.js';

const keyAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-';

/** Deterministic, and not compressible to anything near its length. */
function base64urlOf(length: number): string {
  const alphabet = keyAlphabet.replaceAll(/[.:]/g, '');
  let state = 1;
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return alphabet[(state >> 16) % alphabet.length];
  }).join('');
}

export function textCases({ test, equal }: CacheSuite): void {
  const values = new Map([
    ['of 16 KiB', base64urlOf(16 * 1024)],
    [
      'of every ASCII character',
      Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join(''),
    ],
    ['that is empty', ''],
    ['that looks like a number, with zeros around it', '007.50'],
    ['of spaces and line ends', ' \r\n\t '],
  ]);
  for (const [description, value] of values) {
    test(`a value ${description} comes back unchanged, from a read and from a conflict`, async ({
      cache,
      key,
    }) => {
      const at = key();
      const entry = await store(cache, at, lasting(value));
      equal(await readOne(cache, at), entry);
      equal(await cache.swap(at, null, lasting('other')), { ok: false, current: entry });
    });
  }

  test('a key may be 200 bytes long and of every allowed character', async ({ cache, key }) => {
    const prefix = key(keyAlphabet);
    const at = prefix + 'k'.repeat(199 - prefix.length);
    const [one, other] = [`${at}1`, `${at}2`];
    const inOne = await store(cache, one, lasting('one'));
    equal(await cache.read([other, one], { strong: true }), [null, inOne]);
  });

  test('keys that differ in case, in length or in one sign are different keys', async ({ cache, key }) => {
    const at = key('key');
    const keys = [
      at,
      at.toUpperCase(),
      `${at}:`,
      at.slice(0, -1),
      at.replace('key', 'k_y'),
      at.replace('key', 'k.y'),
    ];
    const entries = [];
    for (const [index, one] of keys.entries())
      entries.push(await store(cache, one, lasting(`value ${index}`)));
    for (const [index, one] of keys.entries()) equal(await readOne(cache, one), entries[index]);
  });
}
