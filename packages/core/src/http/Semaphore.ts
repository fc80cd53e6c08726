/** A number of places; whoever finds none waits in line. */
export class Semaphore {
  #free: number;
  /** In the order of arrival. A set, because those who give up leave from the middle. */
  readonly #waiting: Set<() => void> = new Set();

  constructor(places: number) {
    this.#free = places;
  }

  /** Calls `start` as soon as there is a place, perhaps before it returns. The result gives the place, or the wait, up. */
  enter(start: () => void): () => void {
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      if (this.#waiting.delete(start)) return;
      const [next] = this.#waiting;
      if (next === undefined) {
        this.#free += 1;
        return;
      }
      this.#waiting.delete(next);
      // Not at once: where each start ends at once, as while closing, a long line would be a deep stack.
      queueMicrotask(next);
    };
    if (this.#free > 0) {
      this.#free -= 1;
      start();
    } else {
      this.#waiting.add(start);
    }
    return leave;
  }
}
