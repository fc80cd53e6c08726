// What a published package may contain, as functions over plain data, so that a test can show them refusing.

const mostBytes = 60_000;
/** The simulator carries a web console and a login page. */
const exempt = new Set(['@pass-dcr/simulator']);

/** @param {string} file */
const isAllowed = (file) =>
  ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'dist/cjs/package.json'].includes(file) ||
  /^dist\/.*\.(?:js|d\.ts|html|css|svg)$/.test(file);

/**
 * @param {{ name: string, files: readonly string[], bytes: number, scripts: Readonly<Record<string, unknown>> }} tarball
 * @returns {string[]} what is wrong, each as a sentence
 */
export function findContentProblems({ name, files, bytes, scripts }) {
  const problems = files.filter((file) => !isAllowed(file)).map((file) => `${name} must not publish ${file}`);
  for (const file of ['package.json', 'LICENSE', 'README.md'])
    if (!files.includes(file)) problems.push(`${name} publishes no ${file}`);
  if (!files.some((file) => file.startsWith('dist/')))
    problems.push(`${name} publishes no dist/; was it built?`);
  if (bytes > mostBytes && !exempt.has(name))
    problems.push(`${name} weighs ${bytes} bytes packed, more than ${mostBytes}`);
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare'])
    if (script in scripts) problems.push(`${name} runs a ${script} script on its user's machine`);
  return problems;
}

/** Whether declarations give up on a type. @param {string} declarations */
export const saysAny = (declarations) => /\bany\b/.test(declarations.replaceAll(commentsAndTexts, ''));

const commentsAndTexts = /\/\*[\s\S]*?\*\/|\/\/.*$|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/gm;
