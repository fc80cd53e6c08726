import { disturbancesDuring, pausedMs } from './disturbed.js';
import type { Call, History, Terms, Violation } from './History.js';

/** The longest back-off: so long may a caller be told of a fault that is over. */
const aftermathMs = 35_000;
/** The end of a connection is heard of before that of its process. */
const newsMs = 2_000;

/** What Adobe Pass says of the tokens of a revoked pair, to a call that had two of them. */
const rejections: ReadonlySet<string> = new Set(['access_token_rejected', 'application_not_accepted']);

/** Calls that were answered too late, or never. */
export function lateCalls({ calls, disturbances }: History, terms: Terms): readonly Call[] {
  return calls.filter(({ worker, startedAt, endedAt }) => {
    if (endedAt === null) return true;
    const held = pausedMs(disturbances, worker, { from: startedAt, to: endedAt });
    return endedAt - startedAt - held > terms.deadlineMs + terms.toleranceMs;
  });
}

/** I7: every call settles by its deadline, whatever others do, and fails only where there is a reason. */
export function deadlines(history: History, terms: Terms): readonly Violation[] {
  const late = lateCalls(history, terms).map(({ worker, device, startedAt, endedAt }) =>
    violation(
      endedAt === null
        ? `a call to ${worker} for device ${device} was never answered`
        : `a call to ${worker} for device ${device} took ${Math.round(endedAt - startedAt)} ms`,
    ),
  );
  return [...late, ...history.calls.flatMap((call) => wrongEnd(call, history))];
}

function wrongEnd(call: Call, { disturbances, kills }: History): readonly Violation[] {
  const { worker, device, startedAt, endedAt, end } = call;
  if (end === null || endedAt === null || end.kind === 'abandoned') return [];
  const meanwhile = disturbancesDuring(disturbances, worker, { from: startedAt, to: endedAt + newsMs });
  if (end.kind === 'lost') {
    if (meanwhile.some(({ kind }) => kind === 'died' || kind === 'closed')) return [];
    return [
      violation(`the connection of a call to ${worker} for device ${device} broke, and ${worker} lived`),
    ];
  }
  if (end.status < 400) return [];
  const code = end.code ?? 'no code';
  const isRevoked = kills.some((kill) => kill.device === device && kill.at <= endedAt);
  if (end.status === 500 && isRevoked && rejections.has(code)) return [];
  if (end.status !== 502 && end.status !== 503)
    return [violation(`a call to ${worker} for device ${device} was answered with ${end.status}, ${code}`)];
  const since = { from: startedAt - aftermathMs, to: endedAt };
  if (isRevoked || disturbancesDuring(disturbances, null, since).length > 0) return [];
  return [violation(`a call to ${worker} for device ${device} failed with ${code}, for no reason`)];
}

function violation(message: string): Violation {
  return { invariant: 'I7', message };
}
