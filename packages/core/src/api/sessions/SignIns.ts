import { plainCode } from '../answers/parameters.js';

/** A sign-in that has begun, by its code. */
interface Begun {
  readonly code: string;
  /** The client id of the pair that it was begun with; `undefined`: not known. */
  readonly clientId: string | undefined;
}

/** A wait for one code. */
interface Wait {
  readonly code: string;
  readonly onNewer: () => void;
}

/** Codes of one device that are remembered: enough to tell an old one that is still waited for. */
const codesPerDevice = 4;

/**
 * The codes that this process has been given for its devices, and who waits for one. A newer code voids the older ones at
 * Adobe Pass, so whoever waits for those is told. Of other processes' codes nothing is known here: Adobe Pass says of a
 * voided code that there is none.
 */
export class SignIns {
  readonly #devices: number;
  /** The newest first. */
  readonly #begun: Map<string, readonly Begun[]> = new Map();
  readonly #waits: Map<string, Set<Wait>> = new Map();
  /** When a code was last asked for: callers who come one after the other keep the pace together. */
  readonly #asked: Map<string, number> = new Map();

  /** Who has signed out, until an answer shows whether that was all. */
  readonly #signedOut: Map<string, true> = new Map();

  /** @param devices remembered at most */
  constructor(devices: number) {
    this.#devices = devices;
  }

  /** `whose`: the device and the service provider. */
  begun(whose: string, { code: given, clientId }: Begun): void {
    const code = plainCode(given);
    const older = (this.#begun.get(whose) ?? []).filter((each) => each.code !== code);
    remember(this.#begun, whose, [{ code, clientId }, ...older].slice(0, codesPerDevice), this.#devices);
    for (const wait of this.#waits.get(whose) ?? []) if (wait.code !== code) wait.onNewer();
  }

  /** The client id that a code was begun with, as far as this process knows. */
  clientIdOf(whose: string, code: string): string | undefined {
    return this.#begun.get(whose)?.find((each) => each.code === code)?.clientId;
  }

  /** Whether the device has been given another code after this one. */
  isSuperseded(whose: string, code: string): boolean {
    return (this.#begun.get(whose)?.findIndex((each) => each.code === code) ?? -1) > 0;
  }

  /** Has `onNewer` called once the device is given another code. Ends by what it returns. */
  watch(whose: string, wait: Wait): () => void {
    const waits = this.#waits.get(whose) ?? new Set();
    this.#waits.set(whose, waits.add(wait));
    return () => {
      waits.delete(wait);
      if (waits.size === 0 && this.#waits.get(whose) === waits) this.#waits.delete(whose);
    };
  }

  signedOut(whose: string): void {
    remember(this.#signedOut, whose, true, this.#devices);
  }

  /** Whether the viewer has signed out since this was last asked. */
  takeSignedOut(whose: string): boolean {
    return this.#signedOut.delete(whose);
  }

  /** When the code may be asked for again. */
  nextAsk(whose: string, code: string, everyMs: number): number {
    const askedAt = this.#asked.get(`${whose}\n${code}`);
    return askedAt === undefined ? -Infinity : askedAt + everyMs;
  }

  asks(whose: string, code: string, now: number): void {
    remember(this.#asked, `${whose}\n${code}`, now, this.#devices);
  }
}

/** As the youngest; the oldest makes room. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
