import { PassError } from '../errors.js';
import type { Clock } from '../time/clock.js';
import { settleWithin } from '../time/settleWithin.js';
import { SoftwareStatement } from './SoftwareStatement.js';
import type { Timing } from '../timing.js';

/**
 * The statement of each registration, as the user's `ask` gives it: asked anew each time, made once for each text. It
 * settles, also where `ask` never does, which would hold its device for ever, and `close()` with it.
 * @throws PassError `software_statement_unavailable`, `software_statement_malformed`, by the returned function
 */
export function statementSource(
  ask: () => string | Promise<string>,
  clock: Clock,
  { statementTimeoutMs, statementRetryMs }: Timing['admission'],
): () => Promise<SoftwareStatement> {
  let last: { readonly given: unknown; readonly statement: SoftwareStatement } | null = null;
  return async () => {
    const given: unknown = await settleWithin(
      clock,
      statementTimeoutMs,
      async () => await ask(),
      () => new DOMException(`no answer within ${statementTimeoutMs} ms`, 'TimeoutError'),
    ).catch((error: unknown) => unavailable(error, statementRetryMs));
    if (last === null || last.given !== given) last = { given, statement: new SoftwareStatement(given) };
    return last.statement;
  };
}

/** What the user's function throws is told by its name only: its message may quote what it was reading. */
function unavailable(error: unknown, retryAfterMs: number): never {
  const name = error instanceof Error ? error.name : typeof error;
  throw new PassError(
    'software_statement_unavailable',
    `the softwareStatement function was rejected (${name})`,
    { retryAfterMs },
  );
}
