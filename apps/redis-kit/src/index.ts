export type { RedisConfig } from './configText.js';
export { findRedisServer } from './findRedisServer.js';
export { needsRedis, redisMissing } from './needsRedis.js';
export type { RedisServer } from './RedisServer.js';
export { startRedis, type Address, type RedisOptions } from './startRedis.js';
