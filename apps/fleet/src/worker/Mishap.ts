/** Where a process can be stopped in the middle of a registration. */
export const killPoints = [
  /** The lease is taken, and nothing else has happened. */
  'lease-taken',
  /** Adobe Pass has registered the pair and the answer is here, but nobody knows it yet. */
  'register-answered',
  /** The pair is stored, and whoever stored it does not know it. */
  'pair-stored',
  /** Adobe Pass has issued a token. */
  'token-answered',
  /** The token is stored. */
  'token-stored',
] as const;

export type KillPoint = (typeof killPoints)[number];

/** What a worker does to itself, where no other process could hit the moment. */
export interface Mishap {
  readonly point: KillPoint;
  readonly signal: 'SIGKILL' | 'SIGSTOP';
}
