import type { EventMeaning, RedisDriver } from '../drivers/RedisDriver.js';

/** Hears what a client tells of its connections, until the function that it returns is called. */
export function listenTo({ events }: RedisDriver, hear: (meaning: 'ready' | 'lost') => void): () => void {
  if (events === undefined) return () => undefined;
  const { emitter, meanings } = events;
  const listeners = Object.entries(meanings).map(([event, meaning]) => {
    const listener = (argument: unknown): void => {
      const heard = meaningOf(meaning, argument);
      if (heard !== 'neither') hear(heard);
    };
    emitter.on(event, listener);
    return () => void emitter.removeListener(event, listener);
  });
  return () => {
    for (const stop of listeners) stop();
  };
}

function meaningOf(meaning: EventMeaning, argument: unknown): 'ready' | 'lost' | 'neither' {
  return typeof meaning === 'function' ? meaning(argument) : meaning;
}
