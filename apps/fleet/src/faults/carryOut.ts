import type { PlannedFault } from './plan.js';
import type { RedisTrouble } from './RedisTrouble.js';
import type { Slots } from './Slots.js';
import type { UpstreamTrouble } from './UpstreamTrouble.js';

export interface Battlefield {
  readonly slots: Slots;
  readonly redis: RedisTrouble;
  readonly upstream: UpstreamTrouble;
  /** A device that has been served. */
  readonly anyDevice: () => number;
  /** Resolves when all that many were answered, in every process. */
  readonly callNewDevices: (count: number) => Promise<void>;
}

/** Does it. Resolves when it is over. */
export async function carryOut(fault: PlannedFault, field: Battlefield): Promise<void> {
  const { slots, redis, upstream } = field;
  switch (fault.kind) {
    case 'pause':
      return await slots.pause(fault.worker, fault.forMs);
    case 'kill':
      return await slots.kill(fault.worker);
    case 'killAt':
      return await slots.killAt(fault.worker, fault.point);
    case 'restart':
      return await slots.restart(fault.worker);
    case 'cutConnections':
      return await redis.cutConnections();
    case 'flushScripts':
      return await redis.flushScripts();
    case 'slowRedis':
      return await redis.slow(fault.latencyMs, fault.forMs);
    case 'silentRedis':
      return await redis.silent(fault.lost, fault.forMs);
    case 'cutReplies':
      return await redis.cutReplies(fault.count);
    case 'restartRedis':
      return await redis.restart(fault.forMs);
    case 'sleepRedis':
      return await redis.sleep(fault.forMs);
    case 'fullRedis':
      return await redis.full(fault.forMs);
    case 'failUpstream':
      return await upstream.fail(fault.effect, fault.count);
    case 'revokeToken':
      return await upstream.revokeToken(field.anyDevice());
    case 'revokePair':
      return await upstream.revokePair(field.anyDevice());
    case 'newDevices':
      return await field.callNewDevices(fault.count);
  }
}
