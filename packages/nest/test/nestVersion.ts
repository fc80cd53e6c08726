import { readFileSync } from 'node:fs';

/** The folder of the Nest under test, as versionConfig.ts names it. */
export const nestModules = new URL(process.env['NEST_MODULES'] ?? '../node_modules/', import.meta.url);

export function versionOf(name: string): string {
  const manifest = readFileSync(new URL(`${name}/package.json`, nestModules), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

export const nestVersion = versionOf('@nestjs/core');
