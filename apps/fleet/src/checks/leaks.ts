import type { Violation } from './History.js';

/** Something that must not be seen. `name` says what it is without showing it. */
export interface Canary {
  readonly name: string;
  readonly text: string;
}

/** A text, and every form in which it would still be readable. */
export function formsOf(text: string): readonly string[] {
  const bytes = Buffer.from(text);
  // In the middle of something longer, its Base64 begins at one of three offsets; the ends depend on the neighbours.
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replaceAll('=', '')
      .slice(offset === 0 ? 0 : offset + 1, -1),
  );
  const base64url = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  return [...new Set([text, bytes.toString('hex'), encodeURIComponent(text), ...base64, ...base64url])];
}

/** I8: where each canary shows in `haystack`, in whatever form. */
export function leaks(place: string, haystack: Buffer, canaries: readonly Canary[]): readonly Violation[] {
  return canaries.flatMap(({ name, text }) =>
    formsOf(text).some((form) => haystack.includes(form))
      ? [{ invariant: 'I8', message: `${name} can be read in ${place}` } as const]
      : [],
  );
}
