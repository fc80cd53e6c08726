// Builds the package in the current folder. The compiler checks the sources and writes ES modules and declarations, then
// makes CommonJS of those modules; the ES modules that are published re-export that. So a process has one copy of a
// package however it is loaded, by import and by require, and the code is not published twice.
//
// One module per source file, as the compiler writes it, with its comments: a stack trace names our functions and files
// without a source map, which Node reads only if told to, and whoever opens the file it names finds the reasons too. A
// bundle of core, not minified, is imported in 180 ms instead of 195 (medians of 25 in turns, Node 20), most of it undici;
// on the hot path no difference could be measured. But its lines say nothing of the file they came from, and the bundler
// folds constants and drops comments.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, posix, resolve } from 'node:path';

/** @typedef {{ exports: Record<string, string | { import?: { default: string } }>, bin?: Record<string, string> }} Manifest */

const modules = 'dist/modules';
const commonjs = '{ "type": "commonjs" }\n';

/** @param {string[]} args */
function compile(...args) {
  try {
    execFileSync('tsc', args, { stdio: 'inherit', shell: process.platform === 'win32' });
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

/**
 * The files that these lead to, and these: what only tests use, and the declarations of the inside, stay at home.
 * @param {readonly string[]} names of modules @param {'.js' | '.d.ts'} extension
 */
function reached(names, extension) {
  const files = new Set(names.map((name) => `${name}${extension}`));
  for (const file of files) {
    const text = readFileSync(join(modules, file), 'utf8');
    for (const [, path = ''] of text.matchAll(/(?:from|import)\s*\(?['"](\.[^'"]+)\.js['"]/g))
      files.add(posix.join(posix.dirname(file), `${path}${extension}`));
  }
  return [...files];
}

/**
 * From ES modules, since of those in a folder of CommonJS the compiler leaves `import()` as it is, which a program needs
 * to load a module of its user.
 * @param {readonly string[]} files
 */
function writeCommonJs(files) {
  writeFileSync(join(modules, 'package.json'), commonjs);
  const options = {
    ...{ rootDir: '.', outDir: '../cjs', allowJs: true, noCheck: true, noResolve: true, types: [] },
    ...{ declaration: false, isolatedDeclarations: false, stripInternal: false },
  };
  writeFileSync(
    join(modules, 'tsconfig.json'),
    JSON.stringify({ extends: resolve('tsconfig.build.json'), compilerOptions: options, include: [], files }),
  );
  compile('-p', modules);
  writeFileSync('dist/cjs/package.json', commonjs);
}

rmSync('dist', { recursive: true, force: true });
compile('-p', 'tsconfig.build.json', '--outDir', modules);
const { offered, programs } = entries();
writeCommonJs(reached([...offered, ...programs], '.js'));
for (const file of reached(offered, '.d.ts')) {
  mkdirSync(join('dist/cjs', dirname(file)), { recursive: true });
  cpSync(join(modules, file), join('dist/cjs', file));
}
mkdirSync('dist/esm');
const require = createRequire(resolve('package.json'));
for (const name of offered) {
  const names = Object.keys(/** @type {object} */ (require(`./dist/cjs/${name}.js`))).toSorted();
  writeFileSync(`dist/esm/${name}.js`, `export { ${names.join(', ')} } from '../cjs/${name}.js';\n`);
  writeFileSync(`dist/esm/${name}.d.ts`, `export * from '../cjs/${name}.js';\n`);
}
for (const name of programs)
  writeFileSync(`dist/esm/${name}.js`, `#!/usr/bin/env node\nimport '../cjs/${name}.js';\n`);
rmSync(modules, { recursive: true });
