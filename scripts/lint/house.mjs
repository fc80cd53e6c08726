/*
 * A plugin for the linter: errors are judged by their shape, and the texts of errors are of one style, so that they can be put together, as in
 * "the cache could not be read: no answer within 250 ms". A text begins in lower case, unless with a name, ends without a
 * full stop, and is one sentence, whose parts stand between semicolons.
 */

/** Where a text stands among the arguments. */
const positions = new Map([
  ['Error', 0],
  ['CacheFailure', 0],
  ['PassError', 1],
  ['RedisFailure', 1],
  ['TransportFailure', 2],
  ['failure', 1],
  ['invalid', 0],
  ['invalidOption', 1],
  ['refuse', 0],
]);

/** The names that look like a word at the start of a sentence. Others have a second capital, a dot or a bracket. */
const names = new Set(['Adobe', 'Redis', 'Valkey', 'Koa', 'Nest', 'Express', 'Fastify']);

/**
 * @typedef {{
 *   readonly type: string,
 *   readonly value?: unknown,
 *   readonly quasis?: readonly { readonly value: { readonly cooked: string } }[],
 *   readonly left?: Node,
 *   readonly right?: Node,
 *   readonly consequent?: Node,
 *   readonly alternate?: Node,
 *   readonly callee?: { readonly name?: string },
 *   readonly arguments?: readonly Node[],
 * }} Node
 */

/**
 * What is written of a text, placeholders left open; each branch of a condition by itself.
 * @param {Node | undefined} node @returns {readonly (readonly (string | null)[])[]}
 */
function textsOf(node) {
  switch (node?.type) {
    case 'Literal':
      return [[typeof node.value === 'string' ? node.value : null]];
    case 'TemplateLiteral':
      return [
        (node.quasis ?? []).flatMap(({ value: { cooked } }, index) =>
          index === 0 ? [cooked] : [null, cooked],
        ),
      ];
    case 'BinaryExpression': {
      const right = textsOf(node.right);
      return textsOf(node.left).flatMap((left) => right.map((rest) => [...left, ...rest]));
    }
    case 'ConditionalExpression':
      return [...textsOf(node.consequent), ...textsOf(node.alternate)];
    default:
      return [[null]];
  }
}

/** @param {readonly (string | null)[]} parts @returns {string | undefined} what is wrong */
function fault(parts) {
  const text = parts.map((part) => part ?? '{}').join('');
  const [, word = ''] = /^([A-Z][a-z]*)(?=[ ,:;]|$)/.exec(text) ?? [];
  if (word !== '' && !names.has(word)) return 'begins in lower case, unless with a name';
  if (/[.]$/.test(text)) return 'ends without a full stop';
  if (/[a-z)][.] [A-Z]/.test(text)) return 'is one sentence: put a semicolon between its parts';
  return undefined;
}

const errorText = {
  /** @param {{ report(finding: { node: unknown, message: string }): void }} context */
  create(context) {
    /** @param {Node} node */
    function look(node) {
      const position = positions.get(node.callee?.name ?? '');
      if (position === undefined) return;
      for (const parts of textsOf(node.arguments?.[position])) {
        const wrong = fault(parts);
        if (wrong !== undefined) context.report({ node, message: `The text of an error ${wrong}.` });
      }
    }
    return { NewExpression: look, CallExpression: look };
  },
};

/** The errors that Node throws, too; and ours, of which a process may have two copies. */
const ofSeveralRealms = new Set([
  'Error',
  'RangeError',
  'TypeError',
  'SyntaxError',
  'AggregateError',
  'PassError',
]);

const errorRealm = {
  /** @param {{ report(finding: { node: unknown, message: string }): void }} context */
  create(context) {
    return {
      /** @param {{ readonly operator: string, readonly right: { readonly name?: string } }} node */
      BinaryExpression(node) {
        const { operator, right } = node;
        if (operator !== 'instanceof' || !ofSeveralRealms.has(right.name ?? '')) return;
        const message =
          'An error may be of another realm, as Jest has it, or of another copy: judge by its shape, or isPassError().';
        context.report({ node, message });
      },
    };
  },
};

export default { meta: { name: 'house' }, rules: { 'error-text': errorText, 'error-realm': errorRealm } };
