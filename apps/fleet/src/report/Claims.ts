/** Something that a scenario says must hold, and what was seen. */
export interface Claim {
  readonly what: string;
  readonly measured: string;
  readonly holds: boolean;
}

/** Prints as it goes, so that a long scenario is not a silent one. */
export class Claims {
  readonly #print: (line: string) => void;
  readonly #claims: Claim[] = [];

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  get all(): readonly Claim[] {
    return this.#claims;
  }

  get failed(): number {
    return this.#claims.filter(({ holds }) => !holds).length;
  }

  claim(what: string, holds: boolean, measured: string): void {
    this.#claims.push({ what, measured, holds });
    this.#print(`  ${holds ? '✓' : '✗'} ${what}: ${measured}`);
  }

  /** A claim about a number that must be just so. */
  equal(what: string, measured: number, wanted: number): void {
    this.claim(what, measured === wanted, measured === wanted ? `${measured}` : `${measured}, not ${wanted}`);
  }

  /** A claim about a number that must not be exceeded. */
  atMost(what: string, measured: number, most: number, unit: string): void {
    this.claim(`${what} (at most ${most} ${unit})`, measured <= most, `${round(measured)} ${unit}`);
  }

  note(what: string, measured: string): void {
    this.#print(`  · ${what}: ${measured}`);
  }
}

function round(value: number): string {
  return Math.abs(value) < 10 ? String(Math.round(value * 100) / 100) : String(Math.round(value));
}
