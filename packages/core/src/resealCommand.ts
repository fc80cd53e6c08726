import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isPassError } from './index.js';
import type { Pass, ResealProgress } from './Pass.js';

/*
 * The program pass-dcr-reseal. It prints counts and codes only: what a module or a driver throws may quote a password.
 */

const usage = `npx --package=@pass-dcr/core pass-dcr-reseal MODULE [RECORDS_PER_SECOND]

Seals every stored record with the first entry of secret, so that the entries between the first and the last can go.
MODULE is a file whose default export is a Pass, of any cache that lists its keys, or a function that gives one.
Ends with 0 if everything is sealed with the first secret, with 1 if not, with 2 if it could not begin.`;

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

async function main([path, rate = '1000', ...others]: readonly string[]): Promise<0 | 1 | 2> {
  const isAsked = path !== undefined && !path.startsWith('-') && others.length === 0;
  const pass = isAsked ? await passOf(path) : null;
  if (pass === null) {
    print(usage);
    return path === '--help' ? 0 : 2;
  }
  let saidAt = Date.now();
  const { complete, ...counts } = await pass.reseal({
    recordsPerSecond: Number(rate),
    onProgress: (progress) => {
      if (Date.now() - saidAt < 1_000) return;
      saidAt = Date.now();
      print(inWords(progress));
    },
  });
  print(inWords(counts));
  print(
    complete
      ? 'Everything is sealed with the first secret: once every server has this list, those between its first and its last can go.'
      : 'Not everything is sealed with the first secret: keep the list. Run this again for what failed; what is unreadable needs its own secret.',
  );
  await pass.close();
  return complete ? 0 : 1;
}

async function passOf(path: string): Promise<Pass | null> {
  const { default: exported } = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
  const made = typeof exported === 'function' ? await (exported as () => unknown)() : exported;
  const isPass = typeof made === 'object' && made !== null && 'reseal' in made && 'close' in made;
  return isPass ? (made as Pass) : null;
}

function inWords({ examined, resealed, current, changed, unreadable, failed }: ResealProgress): string {
  return `${examined} records: ${resealed} sealed anew, ${current} current before, ${changed} changed meanwhile, ${unreadable} unreadable, ${failed} failed`;
}

function reasonOf(error: unknown): string {
  if (isPassError(error)) return `${error.code}: ${error.message}`;
  const { code } = (error ?? {}) as { readonly code?: unknown };
  const shown = typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(code) ? code : 'an error';
  return `The module failed with ${shown}: run it by itself with node to see why.`;
}

// The cache of the module may still be open, and nobody else closes it.
const end = (code: number): boolean => process.stdout.write('', () => process.exit(code));

main(process.argv.slice(2)).then(end, (error: unknown) => {
  print(reasonOf(error));
  end(2);
});
