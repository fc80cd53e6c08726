import type { Remote, SimulatorConnection } from '../verbs/SimulatorConnection.js';
import type { SimulatorVerbs } from '../verbs/SimulatorVerbs.js';
import { bindThere } from '../verbs/verb.js';
import { verbs } from '../verbs/verbs.js';
import { createControlTransport, type ConnectOptions } from './controlTransport.js';

/**
 * Talks to the control API of a running simulator. Nothing is sent before the first verb.
 *
 * @example
 * const simulator = connectSimulator('http://127.0.0.1:8089');
 * await simulator.clock.advance(6 * 60 * 60 * 1000);
 */
export function connectSimulator(url: string, options: ConnectOptions = {}): SimulatorConnection {
  const { base, send } = createControlTransport(url, options);
  const faults = bindThere(verbs.fault, send);
  return {
    ...bindThere<Remote<SimulatorVerbs>>(verbs.simulator, send),
    ...bindThere(verbs.connection, send),
    url: base,
    clock: bindThere(verbs.clock, send),
    ledger: bindThere(verbs.ledger, send),
    fault: async (fault) => {
      const id = await faults.add(fault);
      return { id, used: () => faults.used(id), remove: () => faults.remove(id) };
    },
  };
}
