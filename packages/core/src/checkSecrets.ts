import { invalidOption } from './checkOptions.js';
import { PassError } from './errors.js';

const shortestSecret = 32;

/**
 * The list of secrets, frozen: the first seals, all open, the last names.
 * @throws PassError `option_invalid`, `secret_too_short`
 */
export function checkSecrets(value: unknown): readonly string[] {
  const isList = Array.isArray(value);
  // A hole of a sparse list is a secret that is missing.
  const list: readonly unknown[] = isList ? Array.from<unknown>(value) : [value];
  if (list.length === 0) throw invalidOption('secret', 'must be a string or a list of them', value);
  const secrets = list.map((secret, index) => checkSecret(secret, isList ? `secret[${index}]` : 'secret'));
  refuseRepetition(secrets);
  return Object.freeze(secrets);
}

function checkSecret(secret: unknown, name: string): string {
  if (typeof secret !== 'string') throw invalidOption(name, 'must be a string', secret);
  if (secret.length < shortestSecret) {
    throw new PassError(
      'secret_too_short',
      `${name} must have at least ${shortestSecret} characters, received ${secret.length}`,
    );
  }
  refuseGuessable(secret, name);
  return secret;
}

/** Of 32 random hexadecimal digits, one in thirty million has fewer than eight different ones. */
const fewestCharacters = 8;

/** A sealed record lets guesses be tested, so the shapes that people type instead of a random text are refused. */
function refuseGuessable(secret: string, name: string): void {
  const characters = new Set(secret).size;
  if (characters < fewestCharacters)
    throw new PassError(
      'option_invalid',
      `${name} must be random, such as of "openssl rand -base64 32", received ${characters} different characters`,
    );
  // A text that is one part over and over is found in its double before its own end.
  if (`${secret}${secret}`.indexOf(secret, 1) < secret.length)
    throw new PassError(
      'option_invalid',
      `${name} must be random, such as of "openssl rand -base64 32", received one part over and over`,
    );
}

function refuseRepetition(secrets: readonly string[]): void {
  for (const [index, secret] of secrets.entries()) {
    const first = secrets.indexOf(secret);
    // [old, new, old] is how a rotation begins: it seals with the old one and opens both.
    const beginsRotation = first === 0 && index > 1 && secrets.indexOf(secret, 1) === index;
    if (first !== index && !beginsRotation)
      throw new PassError(
        'option_invalid',
        `secret[${index}] must differ from secret[${first}], received the same text`,
      );
  }
}
