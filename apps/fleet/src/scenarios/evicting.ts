import type { PassFinding } from '@pass-dcr/core';
import type { Stage } from '../stage/Stage.js';
import type { Scenario } from './Scenario.js';

export const evicting: Scenario = {
  name: 'evicting',
  summary: 'a Redis that may evict credentials is reported as an error by readiness; one that may not is not',
  inShort: false,
  async run(stage) {
    const { claims } = stage;
    await stage.startUpstream();
    const bad = await findings(stage, 'allkeys-lru');
    const errors = bad.filter(({ level, message }) => level === 'error' && /evict/i.test(message));
    claims.claim(
      'allkeys-lru is an error',
      errors.length === 1,
      errors.map(({ code }) => code).join(', ') || 'not found',
    );
    for (const policy of ['noeviction', 'volatile-lru']) {
      const wrong = (await findings(stage, policy)).filter(({ level }) => level === 'error');
      claims.claim(
        `control: ${policy} is none`,
        wrong.length === 0,
        wrong.map(({ code }) => code).join(', ') || 'none',
      );
    }
  },
};

async function findings(stage: Stage, policy: string): Promise<readonly PassFinding[]> {
  const server = await stage.startRedis({ config: { maxmemory: '64mb', 'maxmemory-policy': policy } });
  const worker = await stage.startWorker(policy, { redis: { kind: 'single', at: server } });
  const { ready, findings: found } = await worker.order('readiness', null);
  if (!ready) stage.claims.claim(`the process on ${policy} is ready`, false, 'not ready');
  return found;
}
