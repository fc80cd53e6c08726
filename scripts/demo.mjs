// A simulated Adobe Pass and an example, that of Express unless --framework names another, side by side. They run until
// Ctrl-C, to be tried by hand; with --once the demo plays some acts by itself and counts what reached the simulator: exit
// code 1 if any is wrong. --once --framework all plays them with every example and prints a line for each.
// With --cache redis, or --servers 4, several examples share a cache behind one address, with --framework all one of each.
import { rmSync } from 'node:fs';
import { emptyFolder, temporaryFolder } from './demo/folders.mjs';
import { playEach } from './demo/playEach.mjs';
import { playFleet } from './demo/playFleet.mjs';
import { playSingle } from './demo/playSingle.mjs';
import { stopAll } from './demo/programs.mjs';
import { readArguments } from './demo/readArguments.mjs';
import { showFleet } from './demo/showFleet.mjs';
import { showSingle } from './demo/showSingle.mjs';
import { stopRequested } from './demo/stopRequest.mjs';
import { summarise } from './demo/summarise.mjs';

/** @param {string} line */
const print = (line) => console.log(line);

/** @param {import('./demo/readArguments.mjs').Demo} demo @param {string} folder @returns {Promise<boolean>} */
async function run(demo, folder) {
  switch (demo.kind) {
    case 'each':
      return await playEach(folder);
    case 'single':
      return demo.once
        ? await playSingle(demo.framework, folder, print)
        : await showSingle(demo.framework, folder);
    case 'fleet': {
      if (!demo.once) return await showFleet(demo, folder);
      const isMixed = new Set(demo.frameworks).size > 1;
      return isMixed
        ? await summarise(demo.frameworks.join(', '), async (each) => await playFleet(demo, folder, each))
        : await playFleet(demo, folder, print);
    }
  }
}

async function main() {
  const demo = readArguments(process.argv.slice(2));
  const isAttended = demo.kind !== 'each' && !demo.once;
  const folder = isAttended ? emptyFolder() : temporaryFolder();
  try {
    const running = run(demo, folder);
    // It ends what it has started, and says how it went.
    if (isAttended) return await running;
    return await Promise.race([running, stopRequested.then(() => false)]);
  } finally {
    await stopAll();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(
  (succeeded) => process.exit(succeeded ? 0 : 1),
  (/** @type {unknown} */ error) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
