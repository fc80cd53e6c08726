import { basename, dirname, join } from 'node:path';
import { defaultApplications, defaultServiceProviders, defaultViewers } from './defaultScenario.js';
import { scenarioSchema } from './scenarioSchema.js';

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
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Scenario of the Adobe Pass simulator',
    ...scenarioSchema,
    properties: { $schema: { type: 'string' }, ...scenarioSchema.properties },
  };
  return [
    { path, text: textOf(scenario) },
    { path: join(dirname(path), schemaName), text: textOf(schema) },
  ];
}

function textOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
