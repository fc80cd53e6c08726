// Builds the package in the current folder twice with the same compiler: ES modules and CommonJS.
// No source maps: the output of tsc reads like its source, and maps would point at files that are not published.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';

/** @param {...string} args */
const tsc = (...args) =>
  execFileSync('tsc', ['-p', 'tsconfig.build.json', ...args], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });

rmSync('dist', { recursive: true, force: true });
try {
  tsc();
  tsc('--module', 'commonjs', '--moduleResolution', 'bundler', '--outDir', 'dist/cjs');
} catch {
  // The compiler has said what is wrong; a stack trace of this file adds nothing.
  process.exit(1);
}
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
