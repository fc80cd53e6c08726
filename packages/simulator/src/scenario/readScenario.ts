import { findProblem } from '../ground/jsonSchema.js';
import { invalidArgument, SimulatorError } from '../ground/simulatorError.js';
import { resolveScenario } from './resolveScenario.js';
import type { ScenarioOptions } from './scenario.js';
import { scenarioFileSchema } from './scenarioSchema.js';

/**
 * What a scenario file says.
 * Throws `invalid_argument`: where it is wrong (a JSON pointer, or line and column), what stands there and what may.
 */
export function readScenario(text: string): ScenarioOptions {
  const file = parseJson(text);
  const problem = findProblem(file, scenarioFileSchema);
  if (problem !== undefined)
    throw invalidArgument(problem.pointer || 'it', problem.expectation, problem.received, problem.names);
  // The schema is named for editors.
  const members = Object.entries(file as object).filter(([name]) => name !== '$schema');
  const scenario = Object.fromEntries(members) as ScenarioOptions;
  resolveScenario(scenario);
  return scenario;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, ' ');
    throw new SimulatorError('invalid_argument', `it is not JSON: ${reason}${placeOf(reason, text)}`, {
      cause,
    });
  }
}

/** Node 20 tells the position, later versions the line as well, and neither if the text ends too early. */
function placeOf(reason: string, text: string): string {
  const position = /at position (\d+)$/.exec(reason)?.[1];
  if (position === undefined) return '';
  const lines = text.slice(0, Number(position)).split('\n');
  return ` (line ${lines.length} column ${(lines.at(-1)?.length ?? 0) + 1})`;
}
