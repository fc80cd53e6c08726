import { Seeded } from '@pass-dcr/seeded';
import { killPoints, type KillPoint } from '../worker/Mishap.js';

/** One thing that is done to the fleet while it serves. Workers are numbered. */
export type PlannedFault = { readonly atMs: number } & (
  | { readonly kind: 'pause'; readonly worker: number; readonly forMs: number }
  | { readonly kind: 'kill'; readonly worker: number }
  /** The worker kills itself when it next comes to this point. */
  | { readonly kind: 'killAt'; readonly worker: number; readonly point: KillPoint }
  | { readonly kind: 'restart'; readonly worker: number }
  | { readonly kind: 'cutConnections' }
  | { readonly kind: 'flushScripts' }
  | { readonly kind: 'slowRedis'; readonly latencyMs: number; readonly forMs: number }
  | { readonly kind: 'silentRedis'; readonly lost: Silence; readonly forMs: number }
  | { readonly kind: 'cutReplies'; readonly count: number }
  | { readonly kind: 'restartRedis'; readonly forMs: number }
  | { readonly kind: 'sleepRedis'; readonly forMs: number }
  /** It takes no writes. */
  | { readonly kind: 'fullRedis'; readonly forMs: number }
  | { readonly kind: 'failUpstream'; readonly effect: UpstreamFault; readonly count: number }
  | { readonly kind: 'revokeToken' }
  | { readonly kind: 'revokePair' }
  /** Devices that nobody has seen come to every process at once. */
  | { readonly kind: 'newDevices'; readonly count: number }
);

export const upstreamFaults = ['lost', 'refused', 'throttled', 'failing', 'slow', 'html'] as const;
export type UpstreamFault = (typeof upstreamFaults)[number];

/** What does not get through: a black hole, or a connection that is half open. */
export const silences = ['both', 'requests', 'replies'] as const;
export type Silence = (typeof silences)[number];

export interface PlanTerms {
  readonly seed: number;
  readonly durationMs: number;
  readonly workers: number;
  readonly leaseMs: number;
  /** A process stops replacing pairs after so many within five minutes. */
  readonly mostPairsRevoked: number;
}

/** Often enough that faults meet one another. */
const meanGapMs = 600;
/** Without faults at the end, so that what follows is seen too. */
const quietEndMs = 1_000;

const weights: readonly (readonly [PlannedFault['kind'], number])[] = [
  ['pause', 5],
  ['kill', 3],
  ['killAt', 5],
  ['restart', 2],
  ['cutConnections', 4],
  ['flushScripts', 2],
  ['slowRedis', 3],
  ['silentRedis', 3],
  ['cutReplies', 5],
  ['restartRedis', 1],
  ['sleepRedis', 2],
  ['fullRedis', 2],
  ['failUpstream', 6],
  ['revokeToken', 4],
  ['revokePair', 2],
  ['newDevices', 7],
];

/** What happens when; the same for the same terms. */
export function planFaults(terms: PlanTerms): readonly PlannedFault[] {
  const random = new Seeded(terms.seed);
  const plan: PlannedFault[] = [];
  let pairsRevoked = 0;
  for (let atMs = gap(random); atMs < terms.durationMs - quietEndMs; atMs += gap(random)) {
    const kind = draw(random);
    if (kind === 'revokePair' && (pairsRevoked += 1) > terms.mostPairsRevoked) continue;
    plan.push(faultOf(kind, Math.round(atMs), random, terms));
  }
  return plan;
}

function gap(random: Seeded): number {
  return -Math.log(1 - random.next()) * meanGapMs;
}

function draw(random: Seeded): PlannedFault['kind'] {
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random.next() * total;
  for (const [kind, weight] of weights) if ((left -= weight) < 0) return kind;
  return 'newDevices';
}

function faultOf(
  kind: PlannedFault['kind'],
  atMs: number,
  random: Seeded,
  { workers, leaseMs }: PlanTerms,
): PlannedFault {
  const worker = random.between(0, workers - 1);
  switch (kind) {
    case 'pause':
      // Most of them outlast a lease.
      return { kind, atMs, worker, forMs: Math.round(leaseMs * (0.5 + 1.5 * random.next())) };
    case 'kill':
    case 'restart':
      return { kind, atMs, worker };
    case 'killAt':
      return { kind, atMs, worker, point: random.pick(killPoints) };
    case 'slowRedis':
      return { kind, atMs, latencyMs: random.between(20, 400), forMs: random.between(500, 2_000) };
    case 'silentRedis':
      return { kind, atMs, lost: random.pick(silences), forMs: random.between(500, 3_000) };
    case 'cutReplies':
      return { kind, atMs, count: random.between(1, 5) };
    case 'restartRedis':
      return { kind, atMs, forMs: random.between(100, 1_500) };
    case 'sleepRedis':
    case 'fullRedis':
      return { kind, atMs, forMs: random.between(200, 1_500) };
    case 'failUpstream':
      return { kind, atMs, effect: random.pick(upstreamFaults), count: random.between(1, 7) };
    case 'newDevices':
      return { kind, atMs, count: random.between(1, 7) };
    case 'cutConnections':
    case 'flushScripts':
    case 'revokeToken':
    case 'revokePair':
      return { kind, atMs };
  }
}

/** One line for a log. */
export function describeFault({ atMs, ...fault }: PlannedFault): string {
  const { kind, ...details } = fault;
  const words = Object.entries(details).map(([name, value]) => `${name} ${String(value)}`);
  return `${(atMs / 1_000).toFixed(1).padStart(6)} s  ${[kind, ...words].join(', ')}`;
}
