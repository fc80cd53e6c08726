/** One seed out of two: neighbouring schedules share nothing. */
export function mixSeeds(seed: number, schedule: number): number {
  return (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(schedule + 1, 0xc2b2ae35)) >>> 0;
}
