import { clusterSlotCount, nodeViewOf } from './clusterView.js';
import { parseInfo } from './findings/parseInfo.js';
import type { NodeSend } from './drivers/RedisDriver.js';
import { RedisFailure } from './RedisFailure.js';
import type { RedisLink } from './link/RedisLink.js';
import { listOf, textOf } from './scripts/replies.js';

const keysPerStep = '1000';
const passes = 3;

/**
 * The keys that begin with `prefix`, by a SCAN of every primary.
 *
 * A cursor means something to one server only, and a key that moves between nodes can be missed by both. So who serves
 * which slots is looked at before and after, and everything is scanned again if that has changed.
 */
export async function* listKeys(
  link: RedisLink,
  prefix: string,
  limitMs: number,
): AsyncGenerator<readonly string[]> {
  const pattern = `${prefix.replaceAll(/[*?[\]\\^]/g, '\\$&')}*`;
  for (let pass = 1; pass <= passes; pass += 1) {
    const primaries = await link.ask(limitMs, async (driver) => await driver.primaries());
    const before = await standing(link, primaries, limitMs);
    if (before === null) break;
    for (const primary of primaries) {
      for await (const keys of scan(link, primary, pattern, limitMs)) {
        const wanted = keys.filter((key) => key.startsWith(prefix));
        if (wanted.length > 0) yield wanted;
      }
    }
    const after = await standing(link, primaries, limitMs);
    if (before === after) return;
  }
  throw new RedisFailure(
    'unusable',
    'servers change or slots move, so keys would be missed; list them again when that has ended',
  );
}

async function* scan(
  link: RedisLink,
  send: NodeSend,
  pattern: string,
  limitMs: number,
): AsyncGenerator<readonly string[]> {
  let cursor = '0';
  do {
    const from = cursor;
    const [next, keys] = listOf(
      await link.ask(limitMs, async () => await send(['SCAN', from, 'MATCH', pattern, 'COUNT', keysPerStep])),
    );
    cursor = textOf(next) ?? '0';
    yield listOf(keys).map((key) => textOf(key) ?? '');
  } while (cursor !== '0');
}

/** Which servers, since which start, have which slots; `null`: slots are on their way, or some are nowhere. */
async function standing(
  link: RedisLink,
  primaries: readonly NodeSend[],
  limitMs: number,
): Promise<string | null> {
  const ask = async (send: NodeSend, args: readonly string[]): Promise<string> =>
    textOf(await link.ask(limitMs, async () => await send(args))) ?? '';
  const infos = await Promise.all(primaries.map(async (send) => parseInfo(await ask(send, ['INFO']))));
  if (infos.some((info) => info.get('role') === 'slave')) return null;
  const servers = infos.map((info) => info.get('run_id') ?? '');
  if (!infos.some((info) => info.get('cluster_enabled') === '1')) return servers.join();
  const views = await Promise.all(
    primaries.map(async (send) => nodeViewOf(await ask(send, ['CLUSTER', 'NODES']))),
  );
  const slotCount = views.reduce((sum, view) => sum + view.slotCount, 0);
  if (slotCount !== clusterSlotCount || views.some(({ isMoving }) => isMoving)) return null;
  return views.map(({ text }, index) => `${servers[index]} ${text}`).join();
}
