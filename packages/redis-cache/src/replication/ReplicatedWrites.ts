import { acknowledgedBy, waitCommand, type Acknowledged, type Acknowledgement } from './Acknowledgement.js';
import { failureOf, replyCodeOf } from '../failureOf.js';
import type { OwnConnection } from '../drivers/RedisDriver.js';
import { tellsOfItsDisk } from './diskAnswers.js';
import { RedisFailure } from '../RedisFailure.js';
import { withinLimit } from '../link/withinLimit.js';

export interface ReplicatedReply {
  readonly reply: unknown;
  readonly acknowledged: Acknowledged;
}

export interface ReplicatedWritesOptions {
  readonly open: () => Promise<OwnConnection>;
  readonly wanted: Acknowledgement;
  readonly waitMs: number;
  readonly limitMs: number;
}

interface Opened {
  readonly connection: OwnConnection;
  readonly tellsOfItsDisk: boolean;
}

interface SentTogether {
  readonly results: readonly PromiseSettledResult<unknown>[];
  readonly tellsOfItsDisk: boolean;
}

interface PendingWrite {
  readonly command: readonly string[];
  readonly giveUpAt: number;
  readonly resolve: (reply: ReplicatedReply) => void;
  readonly reject: (error: Error) => void;
}

/** One WAIT serves many writes; but they must fit between two answers. */
const batchSize = 64;

/**
 * Writes over a connection of its own, with a WAIT behind them, because WAIT counts the writes of its connection only, and
 * blocks it. What arrives while one WAIT is under way shares the next.
 */
export class ReplicatedWrites {
  readonly #options: ReplicatedWritesOptions;
  readonly #queue: PendingWrite[] = [];
  #opened: Promise<Opened> | undefined;
  #isBusy = false;
  #isClosed = false;

  constructor(options: ReplicatedWritesOptions) {
    this.#options = options;
  }

  async write(command: readonly string[], limitMs: number): Promise<ReplicatedReply> {
    return await new Promise<ReplicatedReply>((resolve, reject) => {
      this.#queue.push({ command, giveUpAt: performance.now() + limitMs, resolve, reject });
      void this.#drain();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#discard();
  }

  /** Never rejects. */
  async #drain(): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#queue.length > 0) await this.#send(this.#takeBatch());
    this.#isBusy = false;
  }

  /** Without those whose caller has stopped waiting: they are not sent. */
  #takeBatch(): readonly PendingWrite[] {
    const now = performance.now();
    const batch = this.#queue.splice(0, batchSize);
    const isLate = ({ giveUpAt }: PendingWrite): boolean => this.#isClosed || giveUpAt <= now;
    for (const { reject } of batch.filter(isLate)) {
      reject(new RedisFailure('unreachable', 'earlier writes took all of its time', 'TIMEOUT'));
    }
    return batch.filter((write) => !isLate(write));
  }

  async #send(batch: readonly PendingWrite[]): Promise<void> {
    if (batch.length === 0) return;
    try {
      const { wanted, limitMs } = this.#options;
      const { results, tellsOfItsDisk: isTrue } = await withinLimit(limitMs, this.#sendTogether(batch));
      const acknowledged = acknowledgedBy(wanted, results.at(-1), isTrue);
      for (const [index, write] of batch.entries()) settle(write, results[index], acknowledged);
      // A failover has left it at what is a replica now.
      if (results.some(isReadOnlyAnswer)) this.#discard();
    } catch (error) {
      // What the connection is in the middle of is not known: the next batch has a fresh one.
      this.#discard();
      for (const { reject } of batch) reject(failureOf(error));
    }
  }

  async #sendTogether(batch: readonly PendingWrite[]): Promise<SentTogether> {
    const { wanted, waitMs } = this.#options;
    const opened = await this.#open();
    const results = await opened.connection.sendTogether([
      ...batch.map(({ command }) => command),
      waitCommand(wanted, waitMs),
    ]);
    return { results, tellsOfItsDisk: opened.tellsOfItsDisk };
  }

  async #open(): Promise<Opened> {
    const opened = await this.#opened;
    // A server or a load balancer may have ended it while nothing was written.
    if (opened?.connection.isOpen() === false) this.#discard();
    this.#opened ??= this.#openNew();
    return await this.#opened;
  }

  async #openNew(): Promise<Opened> {
    const { open, wanted } = this.#options;
    const connection = await open();
    return { connection, tellsOfItsDisk: wanted.disk && (await tellsOfItsDisk(connection)) };
  }

  #discard(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    // It may still be on its way.
    opened?.then(
      ({ connection }) => connection.close(),
      () => undefined,
    );
  }
}

function settle(
  { resolve, reject }: PendingWrite,
  result: PromiseSettledResult<unknown> | undefined,
  acknowledged: Acknowledged,
): void {
  if (result?.status === 'fulfilled') resolve({ reply: result.value, acknowledged });
  else reject(failureOf(result?.reason));
}

function isReadOnlyAnswer(result: PromiseSettledResult<unknown>): boolean {
  return result.status === 'rejected' && replyCodeOf(result.reason) === 'READONLY';
}
