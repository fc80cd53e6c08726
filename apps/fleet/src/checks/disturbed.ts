import type { Disturbance } from './History.js';

interface Span {
  readonly from: number;
  readonly to: number;
}

/** The disturbances that concern `worker` (`null`: whichever) and were going on between `from` and `to`. */
export function disturbancesDuring(
  disturbances: readonly Disturbance[],
  worker: string | null,
  { from, to }: Span,
): readonly Disturbance[] {
  return disturbances.filter(
    (disturbance) =>
      (worker === null || disturbance.worker === null || disturbance.worker === worker) &&
      disturbance.startedAt <= to &&
      (disturbance.endedAt ?? Infinity) >= from,
  );
}

/** How long `worker` was held up between `from` and `to`. */
export function pausedMs(disturbances: readonly Disturbance[], worker: string, { from, to }: Span): number {
  return disturbancesDuring(disturbances, worker, { from, to })
    .filter(({ kind }) => kind === 'paused')
    .reduce(
      (sum, { startedAt, endedAt }) => sum + Math.min(to, endedAt ?? to) - Math.max(from, startedAt),
      0,
    );
}
