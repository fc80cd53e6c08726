// What is wrong with what a program prints that fails, as functions over plain data, so that a test can show them refusing.

const mostBytes = 3_000;
const firstLines = 10;
const leastNames = 6;

/** @typedef {{ output: string, exitCode: number | null }} Failed */
/** @typedef {{ exitCode: number, says: string, ends: RegExp }} Expected */

/**
 * @param {Failed} failed @param {Expected} expected
 * @returns {string[]} what is wrong, each as a sentence
 */
export function findFailureProblems({ output, exitCode }, { exitCode: expected, says, ends }) {
  const problems = [];
  const bytes = Buffer.byteLength(output);
  if (bytes >= mostBytes) problems.push(`prints ${bytes} bytes, not less than ${mostBytes}`);
  if (!output.split('\n', firstLines).some((line) => line.includes(says)))
    problems.push(`does not say "${says}" in its first ${firstLines} lines:\n${output.slice(0, mostBytes)}`);
  if (!ends.test(output)) problems.push(`prints something that ends in ${JSON.stringify(output.slice(-40))}`);
  if (exitCode !== expected) problems.push(`ends with ${exitCode}, not ${expected}`);
  return problems;
}

/**
 * Whether a stack trace names our functions and files; frames of what a function only awaits do not count.
 * @param {string} stack
 * @param {(file: string) => string | undefined} sourceOf the source of a file such as `core/src/createPass.ts`
 * @returns {string[]} what is wrong, each as a sentence
 */
export function findStackProblems(stack, sourceOf) {
  const problems = [];
  const named = new Set();
  for (const { name, file } of ownFrames(stack)) {
    const source = sourceOf(file);
    if (source === undefined) problems.push(`a stack trace names ${file}, which is no file of ours`);
    else if (wordsOf(source).has(name)) named.add(`${name} of ${file}`);
    else problems.push(`a stack trace names ${name}, which is not in ${file}`);
  }
  if (named.size < leastNames)
    problems.push(`a stack trace has ${named.size} names of ours, fewer than ${leastNames}:\n${stack}`);
  return problems;
}

/** @param {string} stack */
function ownFrames(stack) {
  const frames = stack.matchAll(
    /^\s+at (?:new )?(?:[\w$]+\.)*#?([\w$]+)(?: \[as .+\])? \(.*@pass-dcr[\\/]([\w-]+)[\\/]dist[\\/]cjs[\\/](.+)\.js:\d+:\d+\)$/gm,
  );
  return [...frames].map(([, name = '', folder = '', path = '']) => ({
    name,
    file: `${folder}/src/${path.replaceAll('\\', '/')}.ts`,
  }));
}

/** @param {string} source */
const wordsOf = (source) => new Set(source.match(/[\w$]+/g));
