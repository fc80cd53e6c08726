import type { Socket } from 'node:net';

type Cargo = { readonly kind: 'bytes'; readonly bytes: Buffer } | { readonly kind: 'end' | 'close' };

type Queued = Cargo & { readonly dueAt: number };

interface Traffic {
  /** Whether anything gets through in this direction. */
  isOpen(): boolean;
  delayMs(): number;
}

/** One direction of a connection: delivers in order, late where told so, and holds back while it is shut. */
export class Lane {
  readonly #to: Socket;
  readonly #traffic: Traffic;
  readonly #queue: Queued[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, traffic: Traffic) {
    this.#to = to;
    this.#traffic = traffic;
    to.on('drain', () => from.resume());
    from.on('end', () => this.#push({ kind: 'end' }));
    from.on('close', () => this.#push({ kind: 'close' }));
  }

  get isHolding(): boolean {
    return this.#queue.length > 0;
  }

  /** @returns whether there is room for more */
  send(bytes: Buffer): boolean {
    this.#push({ kind: 'bytes', bytes });
    return !this.#to.writableNeedDrain;
  }

  /** After what is on its way. */
  close(): void {
    this.#push({ kind: 'close' });
  }

  /** Delivers what is due, as far as the traffic allows. */
  flush(): void {
    clearTimeout(this.#timer);
    while (this.#traffic.isOpen()) {
      const [next] = this.#queue;
      if (next === undefined) return;
      const waitMs = next.dueAt - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.flush(), waitMs);
        return;
      }
      this.#queue.shift();
      this.#deliver(next);
    }
  }

  #push(cargo: Cargo): void {
    this.#queue.push({ ...cargo, dueAt: performance.now() + this.#traffic.delayMs() });
    this.flush();
  }

  #deliver(cargo: Cargo): void {
    if (this.#to.destroyed) return;
    switch (cargo.kind) {
      case 'bytes':
        this.#to.write(cargo.bytes);
        break;
      case 'end':
        this.#to.end();
        break;
      case 'close':
        this.#to.destroySoon();
        break;
    }
  }
}
