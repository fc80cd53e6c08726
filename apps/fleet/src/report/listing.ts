import type { Scenario } from '../scenarios/Scenario.js';

/** A line for each scenario; those of `--short` are marked. */
export function listing(scenarios: readonly Pick<Scenario, 'name' | 'summary' | 'inShort'>[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length));
  return scenarios
    .map(({ name, summary, inShort }) => `${inShort ? '*' : ' '} ${name.padEnd(width)}  ${summary}`)
    .concat('', '* part of --short')
    .join('\n');
}
