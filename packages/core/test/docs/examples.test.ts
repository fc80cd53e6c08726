import { describe, expect, it } from 'vitest';
import { publish } from '../../src/diagnostics.js';
import { codeBlocks, readText } from './documents.js';
import { logReplacements } from './examples/logReplacements.js';
import { renewsTheToken } from './examples/renewsTheToken.js';

/** An example as its reader has it, who imports packages by their names. */
function publicText(example: string): string {
  return readText(`packages/core/test/docs/examples/${example}.ts`)
    .replaceAll("'../../../src/index.js'", "'@pass-dcr/core'")
    .replaceAll("'../../../src/testing.js'", "'@pass-dcr/core/testing'");
}

describe('packages/core/README.md', () => {
  it.each(['logReplacements', 'renewsTheToken'])('holds the example %s word for word', (example) => {
    expect(codeBlocks(readText('packages/core/README.md'), 'ts')).toContain(publicText(example));
  });

  it('has an example of a test that passes', async () => {
    await expect(renewsTheToken()).resolves.toBeUndefined();
  });

  it('has an example of a subscriber that hears of a replacement', () => {
    const lines: string[] = [];
    const stop = logReplacements((line) => lines.push(line));
    publish({ type: 'credentialsReplaced', device: 'tag', generation: 2, viewerMustSignIn: true });
    stop();
    publish({ type: 'credentialsReplaced', device: 'other', generation: 2, viewerMustSignIn: true });
    expect(lines).toEqual(['device tag: its viewer must sign in again']);
  });
});
