import { replyCodeOf } from '../failureOf.js';
import { listOf } from '../scripts/replies.js';

/** Who has to have a write before it counts as stored. */
export interface Acknowledgement {
  /** So many replicas; where `disk` is asked for, on theirs. */
  readonly replicas: number;
  /** The disk of the primary. */
  readonly disk: boolean;
}

/** What was behind a write when the time for it was over. */
export interface Acknowledged {
  readonly isEnough: boolean;
  /** Whether the primary has it on its disk. */
  readonly onDisk: boolean;
  /** Who had it, in words. */
  readonly text: string;
}

/** https://valkey.io/commands/wait/ and https://valkey.io/commands/waitaof/ */
export function waitCommand({ replicas, disk }: Acknowledgement, waitMs: number): readonly string[] {
  return disk
    ? ['WAITAOF', '1', String(replicas), String(waitMs)]
    : ['WAIT', String(replicas), String(waitMs)];
}

/** A wait that was not answered has confirmed nothing, nor has a server about its disk of which that is not true. */
export function acknowledgedBy(
  wanted: Acknowledgement,
  reply: PromiseSettledResult<unknown> | undefined,
  tellsOfItsDisk: boolean,
): Acknowledged {
  const [disks, replicas] = countsOf(wanted, reply);
  const onDisk = disks > 0 && tellsOfItsDisk;
  const replicasText = `${replicas} of ${wanted.replicas} replicas`;
  const refusal = reply?.status === 'rejected' ? replyCodeOf(reply.reason) : undefined;
  return {
    isEnough: replicas >= wanted.replicas && (onDisk || !wanted.disk),
    onDisk,
    text: [
      ...(wanted.disk ? [onDisk ? 'the disk' : disks > 0 ? saysSoTooEarly : 'no disk'] : []),
      ...(wanted.replicas > 0 ? [replicasText] : []),
      ...(refusal === undefined ? [] : [`the wait was refused (${refusal})`]),
    ].join(', '),
  };
}

const saysSoTooEarly = 'no disk, for this server says so before it has flushed: set appendfsync always';

function countsOf(
  { disk }: Acknowledgement,
  reply: PromiseSettledResult<unknown> | undefined,
): readonly [disks: number, replicas: number] {
  if (reply?.status !== 'fulfilled') return [0, 0];
  if (!disk) return [0, Number(reply.value)];
  const [disks, replicas] = listOf(reply.value);
  return [Number(disks), Number(replicas)];
}
