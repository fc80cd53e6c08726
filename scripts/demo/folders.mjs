import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Without leftovers of an earlier run: the simulator forgets all devices when it ends, so the cache has to as well. */
export function emptyFolder() {
  const folder = join(root, 'node_modules/.cache/pass-dcr-demo');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** For runs that may be side by side. */
export function temporaryFolder() {
  return mkdtempSync(join(tmpdir(), 'pass-dcr-demo-'));
}
