import { describe, expect, it } from 'vitest';
import { answersIn } from '../../proofs/model/visits.js';
import { explore, pendingOf, type Visit } from './explore.js';

describe('the registration machine, over every kind of answer to every effect', () => {
  const visited = new Map<string, number>();
  const broken = new Map<string, Visit>();
  const note = (rule: string, holds: boolean, visit: Visit): void => {
    visited.set(rule, (visited.get(rule) ?? 0) + 1);
    if (!holds && !broken.has(rule)) broken.set(rule, visit);
  };

  explore((visit) => {
    const { from, event, to, effects } = visit;
    visited.set(`${from.kind} ${event.type}`, (visited.get(`${from.kind} ${event.type}`) ?? 0) + 1);
    const isCaller = event.type === 'tokenNeeded' || event.type === 'tokenRejected';
    const pending = pendingOf(effects);
    const isBusy = to.kind !== 'resting';
    note(
      'one effect is pending while the machine works, none while it rests',
      pending.length === (isBusy && !(isCaller && from.kind !== 'resting') ? 1 : 0),
      visit,
    );
    for (const effect of effects) {
      switch (effect.type) {
        case 'deliver':
          note('no token is handed out after its expiry', event.now < effect.token.expiresAt, visit);
          note(
            'no token is handed out that a 401 has named',
            effect.token.accessToken !== to.known.rejected,
            visit,
          );
          note('nothing is handed out before its pair is known to be stored', to.known.pair !== null, visit);
          break;
        case 'register':
          note(
            'only a device that is nowhere known is registered, or one whose pair is refused',
            from.known.pair === null ||
              from.kind === 'admittingReplacement' ||
              from.kind === 'extendingLease',
            visit,
          );
          break;
        case 'requestToken':
          note(
            'no token is asked for with a pair that may not be stored, but to find out whether it works',
            effect.credentials.clientId === to.known.pair?.clientId || effect.isTrial,
            visit,
          );
          break;
        case 'swapCredentials':
          note(
            'what replaces a stored pair is a later generation, or only marks it',
            effect.expected === null ||
              effect.next.generation > 1 ||
              effect.next.clientId === to.known.pair?.clientId,
            visit,
          );
          if (to.kind === 'storingReplacement') {
            note(
              'a replacement carries the pair it replaces',
              effect.next.earlier.some(({ clientId }) => clientId === to.suspect.clientId),
              visit,
            );
          }
          break;
        default:
      }
    }
    if (from.known.pair !== null) {
      note('a pair once known is never forgotten', to.known.pair !== null, visit);
      note(
        'the generation never falls',
        (to.known.pair?.generation ?? 0) >= from.known.pair.generation,
        visit,
      );
    }
    if (from.kind === 'registering' && event.type === 'registered') {
      note('a fresh pair is stored before anything else', pending[0]?.type === 'swapCredentials', visit);
    }
  });

  it.each(
    Object.entries(answersIn).flatMap(([kind, events]) =>
      ['tokenNeeded', 'tokenRejected', ...events].map((event) => [kind, event]),
    ),
  )('meets %s × %s', (kind, event) => {
    expect(visited.get(`${kind} ${event}`) ?? 0).toBeGreaterThan(0);
  });

  it.each([
    'one effect is pending while the machine works, none while it rests',
    'no token is handed out after its expiry',
    'no token is handed out that a 401 has named',
    'nothing is handed out before its pair is known to be stored',
    'only a device that is nowhere known is registered, or one whose pair is refused',
    'no token is asked for with a pair that may not be stored, but to find out whether it works',
    'what replaces a stored pair is a later generation, or only marks it',
    'a replacement carries the pair it replaces',
    'a pair once known is never forgotten',
    'the generation never falls',
    'a fresh pair is stored before anything else',
  ])('%s', (rule) => {
    expect(visited.get(rule) ?? 0).toBeGreaterThan(0);
    expect(broken.get(rule)).toBeUndefined();
  });
});
