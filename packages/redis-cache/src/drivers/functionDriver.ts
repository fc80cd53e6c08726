import type { SendCommand } from './RedisClient.js';
import type { RedisDriver } from './RedisDriver.js';

export function functionDriver(sendCommand: SendCommand): RedisDriver {
  return {
    isCluster: false,
    followsRedirections: 'unknown',
    send: async (key, isReadOnly, args) => await sendCommand(key, isReadOnly, args),
    primaries: async () => [async (args) => await sendCommand(undefined, false, args)],
    speaksTls: false,
    knowsAllPrimaries: false,
    state: () => 'unknown',
  };
}
