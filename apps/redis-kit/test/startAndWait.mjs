import { startRedis } from '@pass-dcr/redis-kit';

const { pid, port, dir } = await startRedis({ appendOnly: true });
console.log(JSON.stringify({ pid, port, dir }));
