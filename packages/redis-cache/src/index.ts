export { redisCache } from './redisCache.js';
export type { RedisCacheOptions } from './RedisCacheOptions.js';
export type { RedisClient, SendCommand } from './drivers/RedisClient.js';
