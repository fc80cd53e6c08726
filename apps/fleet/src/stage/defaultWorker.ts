/** A worker that a scenario says nothing else of. */
export const defaultWorker = {
  cache: 'shipped',
  machine: {},
  clockSkewMs: 0,
  followsUpstream: false,
  onCacheDown: 'refuse',
  mishap: null,
  canned: null,
  registrationsPerSecond: 1_000,
} as const;
