import type { Timing } from '../timing.js';

/** What speaks against one pair, and what this process can set beside it. */
export interface Testimony {
  /** Refusals of the pair, each at least `refusalGapMs` after the one before. */
  readonly refusals: number;
  /** From the first of them to the last. */
  readonly spanMs: number;
  /** Other pairs that this process had a token for since the first refusal: those that are no younger, and those that are. */
  readonly olderWitnesses: number;
  readonly youngerWitnesses: number;
  /** Pairs, no younger and not under suspicion, that this process knows. It need not count beyond `witnesses`. */
  readonly olderKnown: number;
  /** All other pairs that this process knows; those under suspicion are none for whom the operator answers. */
  readonly known: number;
}

type Rules = Pick<Timing['replacement'], 'refusals' | 'witnesses' | 'spanWithYoungerMs' | 'spanWithFewMs'>;

export type Weighed =
  | { readonly kind: 'proven' }
  /** `spanMs`: so much longer must the refusals go on. */
  | { readonly kind: 'lacking'; readonly witnesses: number; readonly spanMs: number };

/**
 * Whether the pair is dead. An Adobe Pass that serves other pairs, no younger, on the same way and at the same time, knows
 * what it says; the less of that there is, the longer the refusals must go on.
 */
export function weigh(testimony: Testimony, rules: Rules): Weighed {
  const { refusals, olderWitnesses, youngerWitnesses } = testimony;
  const needed = needs(testimony, rules);
  const had = needed.onlyOlder ? olderWitnesses : olderWitnesses + youngerWitnesses;
  const witnesses = Math.max(0, needed.witnesses - had);
  const spanMs = Math.max(0, needed.spanMs - testimony.spanMs);
  if (refusals >= rules.refusals && witnesses === 0 && spanMs === 0) return { kind: 'proven' };
  return { kind: 'lacking', witnesses, spanMs };
}

interface Needs {
  readonly witnesses: number;
  readonly onlyOlder: boolean;
  readonly spanMs: number;
}

function needs({ olderKnown, known }: Testimony, rules: Rules): Needs {
  const { witnesses } = rules;
  if (olderKnown >= witnesses) return { witnesses, onlyOlder: true, spanMs: 0 };
  if (known >= witnesses) return { witnesses, onlyOlder: false, spanMs: rules.spanWithYoungerMs };
  return { witnesses: known, onlyOlder: false, spanMs: rules.spanWithFewMs };
}
