import { createHash } from 'node:crypto';
import { isJsonObject, parseJson } from '../http/parseJson.js';
import { kindOf } from '../described.js';
import { PassError } from '../errors.js';

/** Adobe's statements have about 500 characters. */
const longestStatement = 16_384;

/**
 * A software statement. What it says is between Adobe Pass and Adobe Pass; here it is a text to present, and two names.
 * The text is #private, so that neither a log nor JSON ever shows it.
 */
export class SoftwareStatement {
  readonly #text: string;
  /** Which exact statement it is: a fresh download of the same application is another one. */
  readonly hash: string;
  /**
   * Which registered application it is of, for records: a hash of its `sub`, which every download of one application
   * shares, or else of the whole.
   */
  readonly fingerprint: string;

  /** @throws PassError `software_statement_malformed`; the message shows the shape, never the content */
  constructor(text: unknown) {
    this.#text = normalised(text);
    this.hash = hashOf(this.#text);
    this.fingerprint = hashOf(subjectOf(this.#text)).slice(0, 22);
  }

  /** The text to present, without the line breaks that came with it. A method, because a log may evaluate getters. */
  reveal(): string {
    return this.#text;
  }
}

/** Only the shape is looked at, as a signed JSON Web Token in compact form (RFC 7515 §7.1). */
function normalised(text: unknown): string {
  if (typeof text !== 'string') throw malformed(`received ${kindOf(text)}`);
  const statement = text.replaceAll(/\s+/g, '');
  const size = `${statement.length} characters`;
  if (statement === '') throw malformed('received an empty string');
  if (statement.length > longestStatement) throw malformed(`received ${size}`);
  const parts = statement.split('.');
  if (parts.length !== 3) {
    throw malformed(`received ${parts.length} dot-separated part${parts.length === 1 ? '' : 's'}, ${size}`);
  }
  for (const [index, part] of parts.entries()) {
    const which = `part ${index + 1} of 3`;
    if (part === '') throw malformed(`${which} is empty, ${size}`);
    if (!/^[\w-]+$/.test(part))
      throw malformed(`${which} has characters that are not base64url, ${size}; is it in quotes?`);
  }
  const [header = ''] = parts;
  const algorithm = decodePart(header)?.['alg'];
  if (typeof algorithm !== 'string' || algorithm === '') {
    throw malformed(`part 1 of 3 is no JSON object that names an algorithm, ${size}`);
  }
  return statement;
}

function subjectOf(statement: string): string {
  const subject = decodePart(statement.split('.')[1] ?? '')?.['sub'];
  return typeof subject === 'string' && subject !== '' ? `sub:${subject}` : `statement:${statement}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64url');
}

function decodePart(part: string): Readonly<Record<string, unknown>> | undefined {
  const parsed = parseJson(Buffer.from(part, 'base64url'));
  return parsed.ok && isJsonObject(parsed.value) ? parsed.value : undefined;
}

function malformed(shape: string): PassError {
  return new PassError(
    'software_statement_malformed',
    `softwareStatement must be a signed JSON Web Token of three base64url parts, ${shape}`,
  );
}
