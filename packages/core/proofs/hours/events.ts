import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { passEventChannel, type PassEvent } from '../../src/diagnostics.js';

/** The events of all processes from now on, until it is disposed of. */
export interface Heard extends Disposable {
  of<Type extends PassEvent['type']>(type: Type): readonly Extract<PassEvent, { readonly type: Type }>[];
}

export function hear(): Heard {
  const events: PassEvent[] = [];
  const note = (message: unknown): void => void events.push(message as PassEvent);
  subscribe(passEventChannel, note);
  return {
    of<Type extends PassEvent['type']>(type: Type) {
      return events.filter(
        (event): event is Extract<PassEvent, { readonly type: Type }> => event.type === type,
      );
    },
    [Symbol.dispose]: () => void unsubscribe(passEventChannel, note),
  };
}
