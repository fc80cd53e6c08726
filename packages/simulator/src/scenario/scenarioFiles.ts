import { basename, dirname, join } from 'node:path';
import { defaultApplications, defaultServiceProviders, defaultViewers } from './defaultScenario.js';
import { scenarioFileSchema } from './scenarioSchema.js';

interface TextFile {
  readonly path: string;
  readonly text: string;
}

/**
 * A scenario to begin with, which is what there is without one, and beside it the schema by which editors complete and
 * check it. The scenario first.
 */
export function scenarioFiles(path: string): readonly [scenario: TextFile, schema: TextFile] {
  const schemaName = `${basename(path, '.json')}.schema.json`;
  const scenario = {
    $schema: `./${schemaName}`,
    applications: defaultApplications,
    serviceProviders: defaultServiceProviders,
    viewers: defaultViewers,
  };
  return [
    { path, text: textOf(scenario) },
    { path: join(dirname(path), schemaName), text: textOf(scenarioFileSchema) },
  ];
}

function textOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
