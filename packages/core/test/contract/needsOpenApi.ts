import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of Adobe's two files, which are no part of this project. */
const folder = process.env['PASS_OPENAPI'];
export const openApiFolder: string = folder ?? '';

const names = ['dcrApi.json', 'restApiV2.json'];

interface Describe {
  (name: string, body: () => void): unknown;
  readonly skip: (name: string, body: () => void) => unknown;
}

/**
 * A `describe` for what compares with those files. Without a folder its tests are skipped, counted and named; a folder
 * without the files is a mistake, and fails.
 */
export function needsOpenApi(describe: Describe): (name: string, body: () => void) => void {
  return (name, body) => {
    if (folder === undefined) {
      describe.skip(`${name} (needs the OpenAPI files of Adobe in PASS_OPENAPI)`, body);
      return;
    }
    if (names.some((file) => !existsSync(join(folder, file))))
      throw new Error(`PASS_OPENAPI must name a folder with ${names.join(' and ')}, received ${folder}`);
    describe(name, body);
  };
}
