import type { EventMeaning, RedisDriver } from '../drivers/RedisDriver.js';

/** What is done with what a client tells of its connections. */
export interface Ears {
  readonly ready: () => void;
  readonly lost: () => void;
  readonly trouble: (error: unknown) => void;
}

/** Hears what a client tells of its connections, until the function that it returns is called. */
export function listenTo({ events }: RedisDriver, ears: Ears): () => void {
  if (events === undefined) return () => undefined;
  const { emitter, meanings, errors } = events;
  const listen = (event: string | symbol, listener: (argument: unknown) => void): (() => void) => {
    emitter.on(event, listener);
    return () => void emitter.removeListener(event, listener);
  };
  const listeners = [
    ...Object.entries(meanings).map(([event, meaning]) =>
      listen(event, (argument) => {
        const heard = meaningOf(meaning, argument);
        if (heard !== 'neither') ears[heard]();
      }),
    ),
    ...errors.map((event) => listen(event, ears.trouble)),
  ];
  return () => {
    for (const stop of listeners) stop();
  };
}

function meaningOf(meaning: EventMeaning, argument: unknown): 'ready' | 'lost' | 'neither' {
  return typeof meaning === 'function' ? meaning(argument) : meaning;
}
