/** Whoever is told does something about every device it knows, so it is not told more often. */
const pauseMs = 2000;

/**
 * Finds out when a store is reached again after it was not, from what its client tells and from what calls meet. Areas are
 * the parts of a store that can fail alone.
 */
export class ReconnectSignal {
  readonly #areas: number;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  readonly #lostAreas = new Set<number>();
  #isConnectionLost = false;
  #wasReached: boolean;
  #toldAt = Number.NEGATIVE_INFINITY;
  #connectedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(areas: number, wasReached: boolean, now: () => number) {
    this.#areas = areas;
    this.#wasReached = wasReached;
    this.#now = now;
  }

  subscribe(listener: () => void): () => void {
    // An object of its own, so that one function can be given twice.
    const entry = (): void => listener();
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /** The client says that it is connected. */
  connected(): void {
    if (this.#isConnectionLost && this.#wasReached) {
      // The first answer would say it again. In a Cluster it is the word of one node about many.
      if (this.#areas === 1) this.#lostAreas.clear();
      this.#connectedAt = this.#now();
      this.#tell();
    }
    this.#isConnectionLost = false;
    this.#wasReached = true;
  }

  /** The client says that a connection has ended. */
  disconnected(): void {
    this.#isConnectionLost = true;
    for (let area = 0; area < this.#areas; area += 1) this.#lostAreas.add(area);
  }

  /** A call was answered. */
  answered(area: number): void {
    if (this.#lostAreas.delete(area) && this.#wasReached) this.#tell();
    this.#wasReached = true;
  }

  /** A call was not answered. One from before the client reconnected tells of what is over. */
  failed(area: number, startedAt: number): void {
    if (this.#areas > 1 || startedAt >= this.#connectedAt) this.#lostAreas.add(area);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #tell(): void {
    if (this.#timer !== undefined) return;
    const inMs = this.#toldAt + pauseMs - this.#now();
    if (inMs <= 0) return this.#tellNow();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#tellNow();
    }, inMs).unref();
  }

  #tellNow(): void {
    this.#toldAt = this.#now();
    // Not inside of the driver's event: what a listener throws is not the driver's.
    for (const listener of this.#listeners) queueMicrotask(listener);
  }
}
