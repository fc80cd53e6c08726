// Builds the package in the current folder: the compiler checks it and writes its modules and declarations, the bundler
// makes CommonJS of the modules, and the ES modules that are published re-export that. So a process has one copy of a
// package however it is loaded, by import and by require, and the code is not published twice.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

/** @typedef {{ exports: Record<string, string | { import?: { default: string } }>, bin?: Record<string, string> }} Manifest */

const modules = 'dist/modules';

function compile() {
  rmSync('dist', { recursive: true, force: true });
  try {
    execFileSync('tsc', ['-p', 'tsconfig.build.json', '--outDir', modules], {
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
  } catch {
    // The compiler has said what is wrong; a stack trace of this file adds nothing.
    process.exit(1);
  }
}

/** The names of the modules that the manifest offers, and of its programs. */
function entries() {
  const manifest = /** @type {Manifest} */ (JSON.parse(readFileSync('package.json', 'utf8')));
  const name = (/** @type {string} */ file) => basename(file, '.js');
  const offered = Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'object' && target.import !== undefined ? [name(target.import.default)] : [],
  );
  return { offered, programs: Object.values(manifest.bin ?? {}).map(name) };
}

/** @param {readonly string[]} names */
async function bundle(names) {
  // Frameworks show the names of middleware. In core those of all functions would be 2 kB of what it may weigh; a stack
  // trace still has its classes and their methods.
  const keepNames = { function: basename(process.cwd()) !== 'core', class: true };
  const build = await rolldown({
    input: Object.fromEntries(names.map((name) => [name, join(modules, `${name}.js`)])),
    platform: 'node',
    external: /^[^./]/,
    logLevel: 'warn',
  });
  const { output } = await build.write({
    dir: 'dist/cjs',
    format: 'cjs',
    exports: 'named',
    chunkFileNames: 'shared.js',
    // The declarations have the documentation.
    comments: false,
    minify: {
      compress: { keepNames },
      mangle: { keepNames },
      codegen: { removeWhitespace: true },
    },
  });
  await build.close();
  for (const { fileName } of output) keepNamesReadable(join('dist/cjs', fileName));
  writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
  return output;
}

/** Node finds the names that a CommonJS module exports without running it, and knows no other way to write this. @param {string} file */
function keepNamesReadable(file) {
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('{enumerable:!0,get:', '{enumerable:true,get:'));
}

/** Copies the declarations that `file` leads to; those of the inside stay at home. @param {string} file */
function publishDeclarations(file) {
  const source = join(modules, file);
  const target = join('dist/cjs', file);
  if (existsSync(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  cpSync(source, target);
  for (const [, path = ''] of readFileSync(source, 'utf8').matchAll(
    /(?:from|import)\s*\(?['"](\.[^'"]+)\.js['"]/g,
  ))
    publishDeclarations(join(dirname(file), `${path}.d.ts`));
}

compile();
const { offered, programs } = entries();
const output = await bundle([...offered, ...programs]);
mkdirSync('dist/esm');
for (const name of offered) {
  publishDeclarations(`${name}.d.ts`);
  const chunk = output.find((each) => each.type === 'chunk' && each.isEntry && each.name === name);
  const names = chunk?.type === 'chunk' ? chunk.exports : [];
  writeFileSync(`dist/esm/${name}.js`, `export { ${names.join(', ')} } from '../cjs/${name}.js';\n`);
  writeFileSync(`dist/esm/${name}.d.ts`, `export * from '../cjs/${name}.js';\n`);
}
for (const name of programs)
  writeFileSync(`dist/esm/${name}.js`, `#!/usr/bin/env node\nimport '../cjs/${name}.js';\n`);
rmSync(modules, { recursive: true });
