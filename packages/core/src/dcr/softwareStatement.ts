import { createHash } from 'node:crypto';
import { settleWithin } from '../time/settleWithin.js';
import type { Clock } from '../time/clock.js';
import { isJsonObject, parseJson } from '../http/parseJson.js';
import { PassError } from '../errors.js';

/** Adobe's statements have about 500 characters. */
const longestStatement = 16_384;

/**
 * The software statement without the line breaks that came with it. Only its shape is looked at, as a signed JSON Web
 * Token in compact form (RFC 7515 §7.1): what it says is between Adobe Pass and Adobe Pass.
 * @throws PassError `software_statement_malformed`; the message shows the shape, never the content
 */
export function normaliseSoftwareStatement(text: unknown): string {
  if (typeof text !== 'string') throw malformed(`received ${text === null ? 'null' : typeof text}`);
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

/** Less than a caller waits, so that it is told what is missing. */
const sourceTimeoutMs = 10_000;

/** As `source`, but it settles: one that never does would hold its device for ever, and `close()` with it. */
export function timelyStatement(source: () => string | Promise<string>, clock: Clock): () => Promise<string> {
  return async () =>
    await settleWithin(
      clock,
      sourceTimeoutMs,
      async () => await source(),
      () => new DOMException(`no answer within ${sourceTimeoutMs} ms`, 'TimeoutError'),
    );
}

/**
 * Which registered application a statement is of, for records: a hash of its `sub`, which every download of one
 * application shares, or else of the whole.
 */
export function statementFingerprint(statement: string): string {
  const subject = decodePart(statement.split('.')[1] ?? '')?.['sub'];
  const named = typeof subject === 'string' && subject !== '' ? `sub:${subject}` : `statement:${statement}`;
  return hash(named).slice(0, 22);
}

/** Which exact statement it is: a fresh download of the same application is another one. */
export function statementHash(statement: string): string {
  return hash(statement);
}

function hash(text: string): string {
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
