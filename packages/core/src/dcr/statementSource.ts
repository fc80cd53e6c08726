import { nameOfThrown } from '../errorShape.js';
import { PassError } from '../errors.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import { settleWithin } from '../time/settleWithin.js';
import { SoftwareStatement } from './SoftwareStatement.js';
import type { Timing } from '../timing.js';

/**
 * The statement of each registration, as the user's `ask` gives it: asked once for all that want it at the same time, and
 * soon anew; made once for each text. What `ask` is rejected with is told to those who waited, and not kept. It settles,
 * also where `ask` never does, which would hold its device for ever, and `close()` with it.
 * @throws PassError `software_statement_unavailable`, `software_statement_malformed`, by the returned function
 */
export function statementSource(
  ask: () => string | Promise<string>,
  clock: Clock,
  { statementTimeoutMs, statementRetryMs, statementFreshMs }: Timing['admission'],
): () => Promise<SoftwareStatement> {
  let last: { readonly given: unknown; readonly statement: SoftwareStatement; readonly at: number } | null =
    null;
  let asking: Promise<SoftwareStatement> | null = null;

  async function askAnew(): Promise<SoftwareStatement> {
    const at = monotonicOf(clock);
    const given: unknown = await settleWithin(
      clock,
      statementTimeoutMs,
      async () => await ask(),
      () => new DOMException(`no answer within ${statementTimeoutMs} ms`, 'TimeoutError'),
    ).catch((error: unknown) => unavailable(error, statementRetryMs));
    const statement = last !== null && last.given === given ? last.statement : new SoftwareStatement(given);
    last = { given, statement, at };
    return statement;
  }

  return async () => {
    if (last !== null && monotonicOf(clock) - last.at < statementFreshMs) return last.statement;
    asking ??= askAnew().finally(() => (asking = null));
    return await asking;
  };
}

/** What the user's function throws is told by its name only: its message may quote what it was reading. */
function unavailable(error: unknown, retryAfterMs: number): never {
  throw new PassError(
    'software_statement_unavailable',
    `the softwareStatement function was rejected (${nameOfThrown(error)})`,
    { retryAfterMs },
  );
}
