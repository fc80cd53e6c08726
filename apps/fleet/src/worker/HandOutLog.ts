import { closeSync, openSync, writeSync } from 'node:fs';

/** A line of a worker's log: what became of one request. Tokens appear by their fingerprint. */
export type LogLine =
  | {
      readonly device: number;
      readonly clientId: string;
      readonly token: string;
      readonly startedAt: number;
      readonly endedAt: number;
      readonly middlewareMs: number;
    }
  | {
      readonly device: number;
      readonly code: string;
      readonly startedAt: number;
      readonly endedAt: number;
      readonly middlewareMs: number;
    };

/** A register or token call that is over for this process. */
export interface SettledLine {
  readonly device: number;
  readonly kind: 'register' | 'token';
  readonly settledAt: number;
  readonly answered: boolean;
}

/** Each line is with the kernel before the request is answered, so that no kill takes away what a viewer has seen. */
export class HandOutLog {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a');
  }

  write(line: LogLine | SettledLine): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}
