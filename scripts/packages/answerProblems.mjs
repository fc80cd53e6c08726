// What is wrong with the answers of a consumer, as functions over plain data, so that a test can show them refusing.

/** @typedef {{ status: number, contentType: string, body: unknown }} Answer */
/** @typedef {{ endpoint: string, status: unknown, device?: string }} Seen */

export const device = 'tv-1';
export const mvpd = 'Cablevision';

/**
 * @param {{ signedIn: Answer, nobody: Answer }} answers to a device that has signed in, and to a request of no device
 * @returns {string[]} what is wrong, each as a sentence
 */
export function findAnswerProblems({ signedIn, nobody }) {
  const problems = [];
  if (signedIn.status !== 200 || firstMember(signedIn.body, 'mvpd') !== mvpd)
    problems.push(`a device that has signed in is answered ${describe(signedIn)}`);
  if (
    nobody.status !== 400 ||
    codeOf(nobody.body) !== 'device_missing' ||
    !/problem\+json/.test(nobody.contentType)
  )
    problems.push(`a request of no device is answered ${describe(nobody)}`);
  return problems;
}

/**
 * @param {readonly Seen[]} entries of the simulator's ledger @returns {string[]}
 */
export function findLedgerProblems(entries) {
  const expected = ['register 201', 'token 201', `profiles 200 of ${device}`].join(', ');
  const seen = entries
    .map(({ endpoint, status, device: of }) =>
      endpoint === 'profiles' ? `${endpoint} ${String(status)} of ${of}` : `${endpoint} ${String(status)}`,
    )
    .join(', ');
  return seen === expected ? [] : [`Adobe Pass was asked for "${seen}" instead of "${expected}"`];
}

/** @param {Answer} answer */
const describe = ({ status, contentType, body }) => `${status} ${contentType} ${JSON.stringify(body)}`;

/** @param {unknown} body @param {string} name */
const firstMember = (body, name) => (Array.isArray(body) ? memberOf(body[0], name) : undefined);

/** @param {unknown} body */
const codeOf = (body) => memberOf(body, 'code');

/** @param {unknown} value @param {string} name @returns {unknown} */
const memberOf = (value, name) =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/**
 * Whether all that a compiler complains of are declarations of other people's packages, as `skipLibCheck: false` has it.
 * @param {string} output
 */
export function blamesOthersTypes(output) {
  const errors = output.split('\n').filter((line) => /\berror TS\d+:/.test(line));
  return (
    errors.length > 0 &&
    errors.every((line) => /^[^(]*node_modules\/(?!@pass-dcr\/)[^(]*\.d\.[cm]?ts\(\d/.test(line))
  );
}
