import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'vitest';

/** The folder of Adobe's two files, which are no part of this project. */
const folder = process.env['PASS_OPENAPI'];
export const openApiFolder: string = folder ?? '';

const names = ['dcrApi.json', 'restApiV2.json'];

/** Without a folder these tests are skipped, counted and named; a folder without the files is a mistake, and fails. */
export function needsOpenApi(name: string, body: () => void): void {
  const missing = names.filter((file) => !existsSync(join(openApiFolder, file)));
  if (folder !== undefined && missing.length > 0)
    throw new Error(`PASS_OPENAPI must name a folder with ${names.join(' and ')}, received ${folder}`);
  if (folder === undefined) describe.skip(`${name} (needs the OpenAPI files of Adobe in PASS_OPENAPI)`, body);
  else describe(name, body);
}
