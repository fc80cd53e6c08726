import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { passEventChannel, type PassEvent } from '../../../src/index.js';

/** Returns what ends it. */
export function logReplacements(log: (line: string) => void): () => void {
  const listen = (message: unknown): void => {
    const event = message as PassEvent;
    if (event.type === 'credentialsReplaced') log(`device ${event.device}: its viewer must sign in again`);
  };
  subscribe(passEventChannel, listen);
  return () => void unsubscribe(passEventChannel, listen);
}
