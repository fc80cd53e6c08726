import { signInOf } from '../registration/earlier.js';
import type { CredentialsRecord } from '../registration/record.js';
import type { Known } from '../registration/state.js';
import type { HeldToken } from '../registration/token.js';

/** What most devices have nothing of. `forcedAt`: of the memory's own time. */
type Unusual = Pick<Known, 'unpublished' | 'rejected' | 'forcedAt' | 'failures' | 'refusals'> & {
  readonly earlier: CredentialsRecord['earlier'];
};

/**
 * What a process remembers of one device between two pieces of work, in as few bytes as that takes, because there may be
 * a million of them: one object, the token's text and the pair's. Everything else is made again when work begins.
 */
export class KeptDevice {
  /** Set on each use and cleared by the pool's hand: says that the device was used since the hand last passed. */
  visited = true;
  /** This and the instants below are of the memory's own time, which no step of the system's clock moves. */
  #youngUntilMs = -1;
  #accessToken: string | null = null;
  #servableUntilMs = -1;
  #renewAtMs = -1;
  #expiresAtMs = -1;
  /** `null`: there is none yet that is known to be stored. */
  #pair: string | null = null;
  #statement = '';
  /** When an answer last showed the sign-in that the pair has; `null`: it has none. */
  #signedInMs: number | null = null;
  #unusual: Unusual | null = null;
  /** Which part of the cache it is in. */
  readonly range: number;

  constructor(range: number) {
    this.range = range;
  }

  /** The token in memory, if it may be handed out at `nowMs`. */
  servable(nowMs: number): string | null {
    return nowMs < this.#servableUntilMs ? this.#accessToken : null;
  }

  isDue(nowMs: number): boolean {
    return nowMs >= this.#renewAtMs;
  }

  becomeDue(nowMs: number): void {
    this.#renewAtMs = Math.min(this.#renewAtMs, compact(nowMs));
  }

  /** A device whose pair is young is not evicted. */
  isYoung(nowMs: number): boolean {
    return nowMs < this.#youngUntilMs;
  }

  /** Whether a sign-in that is seen now was noted within the last `forMs`. */
  hasNotedSignIn(nowMs: number, forMs: number): boolean {
    return this.#signedInMs !== null && nowMs - this.#signedInMs < forMs;
  }

  /** Whether a viewer has been seen to be signed in with its pair. */
  get isSignedIn(): boolean {
    return this.#signedInMs !== null;
  }

  /** When its token is due for renewal; `null`: it has none. */
  get renewAtMs(): number | null {
    return this.#accessToken === null ? null : this.#renewAtMs;
  }

  /** Its stored pair without what is unusual, such as earlier ones. */
  get pair(): CredentialsRecord | null {
    return this.#pair === null ? null : pairOf(this.#pair, this.#statement, []).pair;
  }

  keepYoungUntil(nowMs: number): void {
    this.#youngUntilMs = compact(nowMs);
  }

  dropToken(): void {
    this.#accessToken = null;
  }

  /** `statement`: the fingerprint in `known`, as a text that other devices share. */
  keep(known: Known, epoch: number, statement: string): void {
    const { pair, pairVersion, token } = known;
    this.#accessToken = token?.accessToken ?? null;
    this.#servableUntilMs = token === null ? -1 : compact(token.servableUntil - epoch);
    this.#renewAtMs = token === null ? -1 : compact(token.renewAt - epoch);
    this.#expiresAtMs = token === null ? -1 : compact(token.expiresAt - epoch);
    this.#pair = pair === null ? null : pairText(pair, pairVersion);
    const signedInAt = pair === null ? null : signInOf(pair);
    this.#signedInMs = signedInAt === null ? null : compact(signedInAt - epoch);
    this.#statement = statement;
    this.#unusual = unusual(known, epoch);
  }

  recall(jitter: number, epoch: number): Known {
    const { unpublished, rejected, forcedAt, failures, refusals, earlier } = this.#unusual ?? usual;
    const kept = this.#pair === null ? noPair : pairOf(this.#pair, this.#statement, earlier);
    return {
      jitter,
      ...kept,
      unpublished,
      token: this.#token(epoch),
      rejected,
      forcedAt: forcedAt === null ? null : forcedAt + epoch,
      failures,
      refusals,
    };
  }

  #token(epoch: number): HeldToken | null {
    if (this.#accessToken === null) return null;
    return {
      accessToken: this.#accessToken,
      expiresAt: this.#expiresAtMs + epoch,
      servableUntil: this.#servableUntilMs + epoch,
      renewAt: this.#renewAtMs + epoch,
    };
  }
}

/**
 * The same number, as a small integer if it is one: V8 keeps those in the field itself, and every other number, which
 * includes the result of a subtraction, in 16 bytes elsewhere. Milliseconds are small integers for 24 days.
 */
function compact(ms: number): number {
  const integer = ms | 0;
  return integer === ms ? integer : ms;
}

const usual: Unusual = {
  unpublished: null,
  rejected: null,
  forcedAt: null,
  failures: 0,
  refusals: 0,
  earlier: [],
};

function unusual(known: Known, epoch: number): Unusual | null {
  const { unpublished, rejected, failures, refusals } = known;
  const forcedAt = known.forcedAt === null ? null : known.forcedAt - epoch;
  const earlier = known.pair?.earlier ?? [];
  const isUsual =
    unpublished === null &&
    rejected === null &&
    forcedAt === null &&
    failures === 0 &&
    refusals === 0 &&
    earlier.length === 0;
  return isUsual ? null : { unpublished, rejected, forcedAt, failures, refusals, earlier };
}

/** One text instead of an object of six members, of which three would be objects again: half the bytes. */
function pairText(pair: CredentialsRecord, version: string | null): string {
  const { generation, registeredAt, boundAt, signedInAt, signedOutAt, clientId, clientSecret } = pair;
  const instants = [registeredAt, boundAt, signedInAt, signedOutAt].map((at) => at?.toString(36) ?? '');
  // Joined, not concatenated: V8 would keep the parts and a tree over them.
  const texts = [version ?? '', clientId, clientSecret];
  const lengths = texts.slice(0, 2).map((part) => part.length);
  return [generation, ...instants, ...lengths, texts.join('')].join(' ');
}

type KeptPair = Pick<Known, 'pair' | 'pairVersion'>;

const noPair: KeptPair = { pair: null, pairVersion: null };

function pairOf(text: string, statement: string, earlier: CredentialsRecord['earlier']): KeptPair {
  const parts = text.split(' ', 7);
  const [generation = '', registeredAt = '', ...others] = parts;
  const [boundAt = '', signedInAt = '', signedOutAt = '', versionLength, idLength] = others;
  const versionStart = parts.join(' ').length + 1;
  const idStart = versionStart + Number(versionLength);
  const secretStart = idStart + Number(idLength);
  const version = text.slice(versionStart, idStart);
  const pair = {
    clientId: text.slice(idStart, secretStart),
    clientSecret: text.slice(secretStart),
    registeredAt: Number.parseInt(registeredAt, 36),
    statement,
    boundAt: markOf(boundAt),
    signedInAt: markOf(signedInAt),
    signedOutAt: markOf(signedOutAt),
    generation: Number(generation),
    earlier,
  };
  return { pair, pairVersion: version === '' ? null : version };
}

function markOf(text: string): number | null {
  return text === '' ? null : Number.parseInt(text, 36);
}
