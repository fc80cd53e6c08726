import type { ProblemBody } from '@pass-dcr/core';
import type { Answer } from './Site.js';

/** The problem document of an answer; `undefined` if it is something else. */
export function problemIn({ headers, json }: Answer): ProblemBody | undefined {
  const isProblem = /^application\/problem\+json\b/.test(headers['content-type'] ?? '');
  return isProblem && typeof json === 'object' && json !== null ? (json as ProblemBody) : undefined;
}
