#!/usr/bin/env node
import { readFileSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';

import { runCli } from './cli/runCli.js';

const ending = new AbortController();
process.once('SIGINT', () => ending.abort());
process.once('SIGTERM', () => ending.abort());

runCli(process.argv.slice(2), {
  environment: process.env,
  readVersion,
  print: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
  signal: ending.signal,
}).then(exitWith, (error: unknown) => {
  console.error(error);
  exitWith(1);
});

function exitWith(code: number): void {
  process.exitCode = code;
}

/** This file is dist/esm/cli.js or dist/cjs/cli.js; the same source knows neither `import.meta` nor `__dirname`. */
function readVersion(): string {
  const manifest = resolve(realpathSync(process.argv[1] ?? '.'), '../../../package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return version;
}
