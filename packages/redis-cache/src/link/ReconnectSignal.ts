/** Whoever is told does something about every device it knows, so it is not told more often. */
const pauseMs = 2000;

/**
 * Finds out when a store is reached again after it was not, from what its client tells and from what calls meet. The slots
 * of a Cluster can fail alone; any other store is one slot.
 */
export class ReconnectSignal {
  readonly #isCluster: boolean;
  readonly #now: () => number;
  readonly #listeners = new Set<() => void>();
  readonly #lostSlots = new Set<number>();
  #isConnectionLost = false;
  #wasReached: boolean;
  #toldAt = Number.NEGATIVE_INFINITY;
  #connectedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(isCluster: boolean, wasReached: boolean, now: () => number) {
    this.#isCluster = isCluster;
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
      if (!this.#isCluster) this.#lostSlots.clear();
      this.#connectedAt = this.#now();
      this.#tell();
    }
    this.#isConnectionLost = false;
    this.#wasReached = true;
  }

  /** The client says that a connection has ended. */
  disconnected(): void {
    this.#isConnectionLost = true;
  }

  /** A call was answered. */
  answered(slot: number): void {
    // In a Cluster the answer of one node says nothing of another that was lost.
    const isBack = this.#lostSlots.has(slot) || (this.#isConnectionLost && !this.#isCluster);
    if (isBack && this.#wasReached) {
      // Where its node has more slots, they are back too; those of another that is not will say so.
      this.#lostSlots.clear();
      this.#isConnectionLost = false;
      this.#tell();
    }
    this.#wasReached = true;
  }

  /** A call was not answered. One from before the client reconnected tells of what is over. */
  failed(slot: number, startedAt: number): void {
    if (this.#isCluster || startedAt >= this.#connectedAt) this.#lostSlots.add(slot);
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
