import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { SimulatorError } from '../ground/simulatorError.js';
import { exampleScenario } from '../scenario/exampleScenario.js';
import { scenarioFileSchema } from '../scenario/readScenario.js';

const schemaName = 'scenario.schema.json';

/**
 * Writes a scenario, and beside it the schema that editors complete and check it by, which is that of this version.
 * Throws `invalid_argument` if there is such a scenario already: it is its author's.
 */
export function init(path: string): { readonly scenario: string; readonly schema: string } {
  const schema = join(dirname(path), schemaName);
  if (basename(path) === schemaName)
    throw new SimulatorError('invalid_argument', `${path} is the name of the schema, not of a scenario`);
  write(path, { $schema: `./${schemaName}`, ...exampleScenario }, 'wx');
  write(schema, scenarioFileSchema, 'w');
  return { scenario: path, schema };
}

function write(path: string, content: object, flag: 'w' | 'wx'): void {
  try {
    writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`, { flag });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new SimulatorError(
      'invalid_argument',
      code === 'EEXIST' ? `${path} exists, and is left as it is` : `cannot write ${path}: ${message}`,
      { cause },
    );
  }
}
