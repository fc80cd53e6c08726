import { isControlPath, serveControl } from './control/serveControl.js';
import { endpoints } from './endpoints.js';
import { parseFault } from './faults/parseFault.js';
import { listen, portOf, urlOf } from './http/listen.js';
import { resolveOptions, type SimulatorOptions } from './options.js';
import type { Simulator } from './simulator.js';
import { bindHere } from './verbs/verb.js';
import { verbs } from './verbs/verbs.js';
import { serveSimulated } from './visit/serveSimulated.js';
import { createWorld } from './world.js';

/**
 * Starts Adobe Pass on localhost, on any free port unless told otherwise.
 * Any number of them can run in one process; they share nothing but the development signing key.
 * Throws a `SimulatorError`: `invalid_argument`, or `address_unavailable` if it cannot listen.
 *
 * @example
 * const simulator = await createSimulator();
 * const softwareStatement = simulator.issueSoftwareStatement({ application: 'tv' });
 * // … give simulator.url and the statement to what you test …
 * await simulator.close();
 */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const resolved = resolveOptions(options);
  const world = createWorld(resolved);
  const server = await listen(world, (request, response, url) =>
    isControlPath(url.pathname)
      ? serveControl(request, response, url, world)
      : serveSimulated(request, response, url, world, endpoints),
  );
  const port = portOf(server);
  const url = urlOf(port, resolved.host);
  let closed: Promise<void> | undefined;

  const close = (): Promise<void> => {
    closed ??= new Promise((resolve) => {
      world.closing.abort();
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closed;
  };

  return {
    ...bindHere(verbs.simulator, world),
    url,
    port,
    controlToken: resolved.controlToken,
    clock: world.clock,
    ledger: world.ledger,
    fault: (fault) => world.faults.add(parseFault(fault)),
    close,
    [Symbol.asyncDispose]: close,
  };
}
