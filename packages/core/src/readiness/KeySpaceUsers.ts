import type { KeyNames } from '../cache/keyNames.js';
import type { RecordStore, StoreSlot } from '../cache/RecordStore.js';
import { monotonicOf, type Clock } from '../time/clock.js';
import type { PassFinding } from '../Pass.js';
import type { Timing } from '../timing.js';

/** One Adobe Pass and one registered application for which the key space is used. */
export interface Use {
  readonly origin: string;
  /** Fingerprint of the software statement. */
  readonly statement: string;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly until: number;
}

export interface KeySpaceUsersOptions {
  readonly clock: Clock;
  readonly store: RecordStore;
  readonly names: KeyNames;
  /** Of the base URL. */
  readonly origin: string;
  readonly timing: Timing['readiness'];
  /** Keeps a promise until it has settled. */
  readonly track: (work: Promise<unknown>) => void;
}

/**
 * Who uses the key space: every process that registers devices notes its base URL and its registered application. Pairs of
 * one Adobe Pass are nothing to another one, so two of them under one name would replace each other's.
 */
export class KeySpaceUsers {
  readonly #options: KeySpaceUsersOptions;
  /** `at`: of the monotonic clock. */
  #noted: { readonly statement: string; readonly at: number } | null = null;

  constructor(options: KeySpaceUsersOptions) {
    this.#options = options;
  }

  /** To be called before each registration. Nobody waits for it. */
  note(statement: string): void {
    const { clock, timing, track } = this.#options;
    const at = monotonicOf(clock);
    const noted = this.#noted;
    if (noted?.statement === statement && at - noted.at < timing.userNotedEveryMs) return;
    this.#noted = { statement, at };
    track(this.#write(statement, clock.now()));
  }

  /** Rejects with `cache_unavailable`. */
  async findings(): Promise<readonly PassFinding[]> {
    const { clock, store, names, timing } = this.#options;
    const [slot] = await store.read([names.users]);
    return findingsOf(usesIn(slot), clock.now(), timing);
  }

  async #write(statement: string, now: number): Promise<void> {
    const { store, names, origin, timing } = this.#options;
    let [slot] = await store.read([names.users], { strong: true });
    for (let attempt = 0; attempt < timing.userAttempts; attempt += 1) {
      if (slot === undefined || slot.kind === 'unreadable') return;
      const uses = withUse(usesIn(slot), { origin, statement }, now, timing);
      const stored = uses.map((use) => [use.origin, use.statement, use.since, use.until]);
      const swapped = await store.swap(
        names.users,
        slot.kind === 'absent' ? null : slot.version,
        stored,
        timing.usersKeptMs,
      );
      if (swapped.ok) return;
      slot = swapped.current;
    }
  }
}

function withUse(
  uses: readonly Use[],
  { origin, statement }: Pick<Use, 'origin' | 'statement'>,
  now: number,
  timing: Timing['readiness'],
): readonly Use[] {
  const others = uses.filter(
    (use) => use.until > now - timing.usersKeptMs && (use.origin !== origin || use.statement !== statement),
  );
  const mine = uses.find((use) => use.origin === origin && use.statement === statement);
  const since = mine !== undefined && mine.until > now - timing.userCountedMs ? mine.since : now;
  return [{ origin, statement, since, until: now }, ...others].slice(0, timing.users);
}

/** What does not look as expected is left out: it is a note, not a credential. */
function usesIn(slot: StoreSlot | undefined): readonly Use[] {
  const stored: unknown = slot?.kind === 'stored' ? slot.value : [];
  return arrayOf(stored).flatMap((item): readonly Use[] => {
    const [origin, statement, since, until] = arrayOf(item);
    if (typeof origin !== 'string' || typeof statement !== 'string') return [];
    if (typeof since !== 'number' || typeof until !== 'number') return [];
    return [{ origin, statement, since, until }];
  });
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** @internal */
export function findingsOf(
  all: readonly Use[],
  now: number,
  timing: Timing['readiness'],
): readonly PassFinding[] {
  const uses = all.filter(({ until }) => until > now - timing.userCountedMs);
  const origins = new Set(uses.map(({ origin }) => origin));
  if (origins.size > 1) {
    const message = `Servers use this application name at ${[...origins].toSorted().join(' and ')}: unless both lead to one Adobe Pass, they replace each other's credentials. Give each its own name.`;
    return [{ level: 'error', code: 'environments_mixed', message }];
  }
  const [latest, other] = [...uses].toSorted((a, b) => b.until - a.until);
  if (latest === undefined || other === undefined) return [];
  const togetherMs = other.until - Math.max(latest.since, other.since);
  const message =
    'Servers use this application name with two registered applications: normal while a deployment rolls, else give each its own name.';
  return [
    {
      level: togetherMs > timing.rollingDeploymentMs ? 'warning' : 'info',
      code: 'applications_mixed',
      message,
    },
  ];
}
