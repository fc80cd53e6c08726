// Builds the package in the current folder twice with the same compiler: ES modules and CommonJS.
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
const tsc = (...args) => execFileSync('tsc', ['-p', 'tsconfig.build.json', ...args], { stdio: 'inherit', shell: process.platform === 'win32' });
tsc();
tsc('--module', 'commonjs', '--moduleResolution', 'bundler', '--outDir', 'dist/cjs');
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
