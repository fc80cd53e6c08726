export type { RedisConfig } from './configText.js';
export { findRedisServer } from './findRedisServer.js';
export { needsRedis, redisMissing } from './needsRedis.js';
export type { RedisServer } from './RedisServer.js';
export { startRedis, type Address, type RedisOptions } from './startRedis.js';
export { startTcpProxy, type TcpProxy, type TcpProxyOptions } from './tcpProxy/startTcpProxy.js';
export type { ConnectionCounts } from './tcpProxy/ProxiedConnection.js';
