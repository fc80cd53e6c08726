import { pausedMs } from './disturbed.js';
import type { History, Terms, Violation } from './History.js';

/** I6: what a request is given is a token that Adobe Pass issued for a pair of its device, and not an expired one. */
export function wrongTokens(history: History, { tokenLifeMs }: Terms): readonly Violation[] {
  const issued = new Map(
    history.dcrCalls.flatMap((call) => (call.issued === null ? [] : [[call.issued, call] as const])),
  );
  return history.handOuts.flatMap(({ worker, device, clientId, token, startedAt, endedAt }) => {
    const who = `a request of device ${device} to ${worker}`;
    const call = issued.get(token);
    if (call === undefined) return [violation(`${who} was given a token that Adobe Pass never issued`)];
    if (call.device !== device) return [violation(`${who} was given a token of device ${call.device}`)];
    if (call.clientId !== clientId) return [violation(`${who} was given a token of another pair`)];
    // From the end of the call: the simulator counts from when it had decided.
    const expiresAt = (call.endedAt ?? call.startedAt) + tokenLifeMs;
    const at = endedAt - pausedMs(history.disturbances, worker, { from: startedAt, to: endedAt });
    if (at <= expiresAt) return [];
    return [violation(`${who} was given a token ${Math.ceil(at - expiresAt)} ms after its expiry`)];
  });
}

function violation(message: string): Violation {
  return { invariant: 'I6', message };
}
