import { playSingle } from './playSingle.mjs';
import { frameworks } from './readArguments.mjs';
import { summarise } from './summarise.mjs';

/** Every framework side by side, each alone with its cache; a line for each. @param {string} folder @returns {Promise<boolean>} */
export async function playEach(folder) {
  const results = await Promise.all(
    frameworks.map(
      async (framework) =>
        await summarise(framework.padEnd(8), async (print) => await playSingle(framework, folder, print)),
    ),
  );
  return results.every(Boolean);
}
