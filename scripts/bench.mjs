// What the hot path costs; docs/performance.md explains the tables. The programs are those of apps/bench.
//   npm run bench -- [--quick] [--million] [--gate] [--counts]
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const program = join(root, 'apps/bench/dist/main.js');
const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);
