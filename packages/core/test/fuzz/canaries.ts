import { channel } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { errorTable, isPassError, type PassError } from '../../src/errors.js';
import { passEventChannel } from '../../src/diagnostics.js';
import { toProblem } from '../../src/inbound/toProblem.js';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * What must never be seen in an error or an event. Random texts, so that no piece of one is a word; none of hexadecimal
 * digits alone, because an error shows the trace identifier that Adobe Pass answers, and that is a UUID.
 */
export const canaries = {
  statement: `${part({ alg: 'RS256' })}.${part({ sub: 'q4Zt81xWvNn0' })}.Lk3vQ9yTz7RbUe1mHs5JwXc8`,
  clientSecret: 'b91c6zc9-2k92-4w23-8qd3-x9c4d6v7e3y1',
  accessToken: 'rT7yGk29sLqPzVx4WnEb.6uJhDf81McAo',
  identifier: 'yXw0Kp3rUv-5Tq8Zs1Lm',
  secret: 'Zq7vT1xLm9Rk3WpB8sYd5NhC2gJf6QaEo4',
} as const;

export type Canary = keyof typeof canaries;

/** The forms in which a text can be quoted, cut into pieces: half a secret is a leak too. */
const pieces: readonly (readonly [Canary, string])[] = (
  Object.entries(canaries) as [Canary, string][]
).flatMap(([name, text]) => {
  const bytes = Buffer.from(text);
  const forms = [text, bytes.toString('base64').replace(/=+$/, ''), bytes.toString('hex')];
  return forms.flatMap((form) => windows(form, 14).map((piece) => [name, piece] as const));
});

function windows(text: string, length: number): readonly string[] {
  return Array.from({ length: Math.max(1, text.length - length + 1) }, (_, at) =>
    text.slice(at, at + length),
  );
}

function leakIn(text: string): Canary | undefined {
  return pieces.find(([, piece]) => text.includes(piece))?.[0];
}

/**
 * Everything that a log, a debugger or an error handler can show of an error. Not what only who asks for it is given, the
 * `viewerMessage`: it is what Adobe Pass says to the viewer, without echoes of the call.
 */
function everythingOf(error: unknown): string {
  const views = [inspect(error, { depth: 10, showHidden: true })];
  for (let at = error, depth = 0; at instanceof Error && depth < 10; at = at.cause, depth += 1) {
    views.push(at.message, at.stack ?? '', String(at), JSON.stringify(at) ?? '');
  }
  views.push(JSON.stringify(toProblem(error)) ?? '');
  return views.join('\n');
}

const quoting: ReadonlySet<string> = new Set(['option_invalid', 'request_path_invalid']);

/** The code of what must be a documented `PassError` that tells no secret. */
export function codeOf(error: unknown): PassError['code'] {
  if (!isPassError(error)) throw new Error('rejected with something else than a PassError', { cause: error });
  expect(Object.keys(errorTable)).toContain(error.code);
  expect(leakIn(everythingOf(error)), 'what the error shows').toBeUndefined();
  // What is said to the viewer repeats nothing of the call. Nobody can tell of the other two what they are: no call of a
  // device has this very token, and none has the secret of the cache.
  expect([undefined, 'accessToken', 'secret'], 'what is said to the viewer').toContain(
    leakIn(JSON.stringify(error.viewerMessage ?? '')),
  );
  // Nothing of an answer is quoted; a short text of the programmer's own may be.
  if (!quoting.has(error.code)) expect(error.message).toMatch(/^[\x20-\x7E…]+$/);
  return error.code;
}

/** Fails the test whose events on the diagnostics channel show a secret. */
export function watchEvents(): { readonly seen: number } {
  const counter = { seen: 0 };
  let leaked: unknown;
  const listen = (event: unknown): void => {
    counter.seen += 1;
    if (leakIn(inspect(event, { depth: 10, showHidden: true })) !== undefined) leaked ??= event;
  };
  channel(passEventChannel).subscribe(listen);
  onTestFinished(() => {
    channel(passEventChannel).unsubscribe(listen);
    expect(leaked).toBeUndefined();
  });
  return counter;
}
