import type { Scale } from './Situation.js';

export interface Size {
  readonly processes: number;
  readonly devices: number;
}

/** How large the fleets are. What must hold does not depend on it. */
export const sizes: Readonly<Record<Scale, { readonly small: Size; readonly large: Size }>> = {
  full: { small: { processes: 4, devices: 500 }, large: { processes: 50, devices: 10_000 } },
  short: { small: { processes: 4, devices: 200 }, large: { processes: 6, devices: 180 } },
};

/** Neither among the first of its process nor among the last, in any fleet. */
export const inTheMiddle = 101;
