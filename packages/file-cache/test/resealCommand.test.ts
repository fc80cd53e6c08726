import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../core/dist/esm/resealCommand.js', import.meta.url));

it('pass-dcr-reseal explains itself', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--help']);
  expect(stdout).toContain('RECORDS_PER_SECOND');
});
