// What a published package may contain, as functions over plain data, so that a test can show them refusing.

/**
 * Packed, of every package, without the comments of its code and without its declarations: they weigh half of it, are
 * never run, and are for whoever opens a file that a stack trace names, and for editors. It is no budget to write code by.
 * Whatever weighs more carries what does not belong to it: fixtures, somebody else's code, a build made twice.
 */
const mostBytes = 150_000;

/** What a package makes its user install besides itself. A new one stands here with its defence. */
const allowedDependencies = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  // Node has no interface to the pools and timeouts of the undici inside it; and what IANA sets aside changes, and is
  // looked after by ipaddr.js (MIT, nothing below it, 5 ms of the import), whose 1.x Express has too.
  '@pass-dcr/core': ['ipaddr.js', 'undici'],
  // What Fastify itself offers for plugins that are not encapsulated.
  '@pass-dcr/fastify': ['fastify-plugin'],
  // A store of several processes that survives a crash is not to be written by hand.
  '@pass-dcr/file-cache': ['lmdb'],
});

/** Lines that are nothing but a comment. @param {string} code */
export const withoutComments = (code) => code.replaceAll(/^[ \t]*(?:\/\*[\s\S]*?\*\/|\/\/.*)[ \t]*\n/gm, '');

/** @param {string} file */
const isAllowed = (file) =>
  ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'dist/cjs/package.json'].includes(file) ||
  /^(?:dist\/.*\.(?:js|d\.ts|html|css|svg)|[a-z]+\.schema\.json)$/.test(file);

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
  if (bytes > mostBytes)
    problems.push(
      `${name} weighs ${bytes} bytes packed, more than ${mostBytes}, without comments and declarations`,
    );
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare'])
    if (script in scripts) problems.push(`${name} runs a ${script} script on its user's machine`);
  return problems;
}

/**
 * Peers do not count: their user has them already.
 * @param {{ name: string, dependencies?: Readonly<Record<string, unknown>>, optionalDependencies?: Readonly<Record<string, unknown>> }} manifest
 * @returns {string[]} what is wrong, each as a sentence
 */
export function findDependencyProblems({ name, dependencies = {}, optionalDependencies = {} }) {
  const allowed = allowedDependencies[name] ?? [];
  const found = Object.keys({ ...dependencies, ...optionalDependencies });
  return [
    ...found.filter((each) => !allowed.includes(each)).map((each) => `${name} must not depend on ${each}`),
    ...allowed
      .filter((each) => !found.includes(each))
      .map((each) => `${name} may depend on ${each} but does not: strike it from the list`),
  ];
}

/**
 * What a registry shows of a package, and which versions of ours it may be paired with: before 1.0 every minor may break.
 * @param {{ name: string, version?: string, homepage?: unknown, bugs?: unknown, peerDependencies?: Readonly<Record<string, string>> }} manifest
 * @returns {string[]} what is wrong, each as a sentence
 */
export function findManifestProblems({ name, version, homepage, bugs, peerDependencies = {} }) {
  const problems = [];
  for (const [what, value] of Object.entries({ homepage, bugs }))
    if (value === undefined) problems.push(`${name} publishes no ${what}`);
  for (const [peer, range] of Object.entries(peerDependencies))
    if (peer.startsWith('@pass-dcr/') && range !== `^${version}`)
      problems.push(`${name} ${version} can be paired with ${peer} ${range}, which may not fit`);
  return problems;
}

/** Whether declarations give up on a type. @param {string} declarations */
export const saysAny = (declarations) => /\bany\b/.test(declarations.replaceAll(commentsAndTexts, ''));

const commentsAndTexts = /\/\*[\s\S]*?\*\/|\/\/.*$|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/gm;
