import type { KeyNames } from '../cache/keyNames.js';
import type { RecordStore, Slot } from '../cache/RecordStore.js';
import type { Clock } from '../time/clock.js';
import type { PassFinding } from '../Pass.js';

const noteEveryMs = 10 * 60_000;
/** Who has not noted for so long is not counted: it may be gone, or registers nobody. */
const countedMs = 25 * 60_000;
const keptMs = 60 * 60_000;
/** A rolling deployment may use two registered applications side by side for so long. */
const rollingMs = 30 * 60_000;
const mostKept = 16;
const attempts = 3;

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
  /** Keeps a promise until it has settled. */
  readonly track: (work: Promise<unknown>) => void;
}

/**
 * Who uses the key space: every process that registers devices notes its base URL and its registered application. Pairs of
 * one Adobe Pass are nothing to another one, so two of them under one name would replace each other's.
 */
export class KeySpaceUsers {
  readonly #options: KeySpaceUsersOptions;
  #noted: { readonly statement: string; readonly at: number } | null = null;

  constructor(options: KeySpaceUsersOptions) {
    this.#options = options;
  }

  /** To be called before each registration. Nobody waits for it. */
  note(statement: string): void {
    const { clock, track } = this.#options;
    const at = clock.now();
    const noted = this.#noted;
    if (noted?.statement === statement && at - noted.at < noteEveryMs) return;
    this.#noted = { statement, at };
    track(this.#write(statement, at));
  }

  /** Rejects with `cache_unavailable`. */
  async findings(): Promise<readonly PassFinding[]> {
    const { clock, store, names } = this.#options;
    const [slot] = await store.read([names.users]);
    return findingsOf(usesIn(slot), clock.now());
  }

  async #write(statement: string, now: number): Promise<void> {
    const { store, names, origin } = this.#options;
    let [slot] = await store.read([names.users], { strong: true });
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (slot === undefined || slot.kind === 'unreadable') return;
      const uses = withUse(usesIn(slot), origin, statement, now);
      const stored = uses.map((use) => [use.origin, use.statement, use.since, use.until]);
      const swapped = await store.swap(
        names.users,
        slot.kind === 'absent' ? null : slot.version,
        stored,
        keptMs,
      );
      if (swapped.ok) return;
      slot = swapped.current;
    }
  }
}

function withUse(uses: readonly Use[], origin: string, statement: string, now: number): readonly Use[] {
  const others = uses.filter(
    (use) => use.until > now - keptMs && (use.origin !== origin || use.statement !== statement),
  );
  const mine = uses.find((use) => use.origin === origin && use.statement === statement);
  const since = mine !== undefined && mine.until > now - countedMs ? mine.since : now;
  return [{ origin, statement, since, until: now }, ...others].slice(0, mostKept);
}

/** What does not look as expected is left out: it is a note, not a credential. */
function usesIn(slot: Slot | undefined): readonly Use[] {
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
export function findingsOf(all: readonly Use[], now: number): readonly PassFinding[] {
  const uses = all.filter(({ until }) => until > now - countedMs);
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
  return [{ level: togetherMs > rollingMs ? 'warning' : 'info', code: 'applications_mixed', message }];
}
