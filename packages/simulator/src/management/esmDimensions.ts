/** Of the many that Adobe has. Those of time come one after the other: a month belongs to a year. */
export const dimensions = [
  'media-company',
  'year',
  'month',
  'day',
  'hour',
  'requestor-id',
  'mvpd',
  'api',
] as const;

export type Dimension = (typeof dimensions)[number];

const beneath: Partial<Readonly<Record<Dimension, Dimension>>> = { month: 'year', day: 'month', hour: 'day' };

export const timeDimensions: readonly Dimension[] = ['year', 'month', 'day', 'hour'];

export function isDimension(name: string): name is Dimension {
  return dimensions.some((dimension) => dimension === name);
}

/** The dimensions that a path may go on with. */
export function drillDown(path: readonly Dimension[]): readonly Dimension[] {
  if (path.length === 0) return ['media-company'];
  return dimensions.filter((dimension) => {
    const upper = beneath[dimension];
    return !path.includes(dimension) && (upper === undefined || path.includes(upper));
  });
}

/** `undefined`: there is no such report. */
export function readPath(segments: readonly string[]): readonly Dimension[] | undefined {
  const path: Dimension[] = [];
  for (const segment of segments) {
    if (!isDimension(segment) || !drillDown(path).includes(segment)) return undefined;
    path.push(segment);
  }
  return path;
}
