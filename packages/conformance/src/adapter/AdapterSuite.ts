import { createPass, memoryCache, type Device, type Pass, type PassLimits } from '@pass-dcr/core';
import { createSimulator, type EndpointName, type Simulator } from '@pass-dcr/simulator';
import type {
  AdapterApplication,
  AdapterConformanceOptions,
  AdapterConformanceReport,
  AdapterLimits,
  AdapterMount,
  AdapterRoute,
  NodeHeaders,
} from './AdapterConformanceOptions.js';
import { eventually, Site } from './Site.js';

/** An adapter that has not answered by then never will. */
const defaultPatienceMs = 8_000;

export interface PassRequest {
  /** A registered application of the simulator: `tv` or `sports`. Default `tv`. */
  readonly application?: string;
  readonly limits?: PassLimits;
  /** No device is registered before; none by default. */
  readonly heldUntil?: Promise<void>;
}

/** One case: an Adobe Pass of its own, and what has to be ended after it. */
export interface Scene {
  readonly simulator: Simulator;
  readonly pass: Pass;
  readonly createPass: (request?: PassRequest) => Pass;
  /** The adapter with `pass` and a device that `Question.device` names, unless said otherwise. */
  readonly mount: (options?: Partial<AdapterMount>) => AdapterMount;
  /** An application with one mount and the route `/me`, unless said otherwise. */
  readonly serve: (application?: Partial<AdapterApplication>) => Promise<Site>;
  /** Requests that reached the simulator. */
  readonly asked: (endpoint?: EndpointName) => number;
}

/** What the cases are written with. */
export interface AdapterSuite {
  readonly test: (name: string, run: (scene: Scene) => Promise<void>) => void;
  /** As `test`, unless there is a reason why not; then the case is reported as skipped, with it. */
  readonly testUnless: (
    reason: string | undefined,
    name: string,
    run: (scene: Scene) => Promise<void>,
  ) => void;
  readonly equal: (actual: unknown, expected: unknown) => void;
  readonly limits: AdapterLimits;
  /** Waits for something that is not an answer. */
  readonly eventually: (what: string, isSo: () => boolean, withinMs?: number) => Promise<void>;
}

export function createAdapterSuite(options: AdapterConformanceOptions): {
  suite: AdapterSuite;
  report: AdapterConformanceReport;
} {
  const { it, expect, serve, limits = {}, patienceMs = defaultPatienceMs } = options;
  const cases: string[] = [];
  const skipped: { name: string; reason: string }[] = [];

  const test: AdapterSuite['test'] = (name, run) => {
    cases.push(name);
    it(name, async () => await inScene(serve, patienceMs, run));
  };

  const suite: AdapterSuite = {
    test,
    testUnless(reason, name, run) {
      if (reason === undefined) return test(name, run);
      skipped.push({ name, reason });
      const skip = it.skip ?? (() => undefined);
      skip(`${name} (skipped: ${reason})`, async () => undefined);
    },
    equal(actual, expected) {
      expect(actual).toEqual(expected);
    },
    limits,
    eventually: async (what, isSo, withinMs = patienceMs) => await eventually(what, isSo, withinMs),
  };
  return { suite, report: { cases, skipped } };
}

async function inScene(
  serve: AdapterConformanceOptions['serve'],
  patienceMs: number,
  run: (scene: Scene) => Promise<void>,
): Promise<void> {
  const simulator = await createSimulator({ applications: [{ name: 'tv' }, { name: 'sports' }] });
  const passes: Pass[] = [];
  const sites: Site[] = [];
  const createScenePass = ({ application = 'tv', limits, heldUntil }: PassRequest = {}): Pass => {
    const statement = simulator.issueSoftwareStatement({ application });
    const pass = createPass({
      environment: 'local',
      baseUrl: simulator.url,
      serviceProvider: 'REF30',
      softwareStatement: async () => {
        await heldUntil;
        return statement;
      },
      cache: memoryCache(),
      limits,
    });
    passes.push(pass);
    return pass;
  };
  const pass = createScenePass();
  const mount: Scene['mount'] = (options) => ({ pass, device: namedDevice, ...options });
  try {
    await run({
      simulator,
      pass,
      createPass: createScenePass,
      mount,
      async serve(application) {
        const site = new Site(
          await serve({
            trustedProxies: 'none',
            mounts: [mount()],
            routes: [me],
            openRoutes: [],
            ...application,
          }),
          patienceMs,
        );
        sites.push(site);
        return site;
      },
      asked: (endpoint) => simulator.ledger.count(endpoint === undefined ? {} : { endpoint }),
    });
  } finally {
    for (const site of sites) site.hangUp();
    // Together: what a Pass waits for before it closes ends with the simulator.
    await Promise.all([simulator.close(), ...passes.map((one) => one.close())]);
    await Promise.allSettled(sites.map((site) => site.close()));
  }
}

/** The device that `Question.device` names. */
export function namedDevice(request: NodeHeaders): Device | undefined {
  const identifier = textIn(request, 'x-device');
  return identifier === undefined ? undefined : { identifier };
}

/** The value of a header that came once. */
export function textIn({ headers }: NodeHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** `namedDevice`, and how many requests it was asked about. */
export function countedDevice(): { readonly device: AdapterMount['device']; readonly count: () => number } {
  let count = 0;
  return {
    device(request) {
      count += 1;
      return namedDevice(request);
    },
    count: () => count,
  };
}

export interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

export function createGate(): Gate {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

export function get(path: string, handle: AdapterRoute['handle']): AdapterRoute {
  return { method: 'GET', path, handle };
}

export function post(path: string, handle: AdapterRoute['handle']): AdapterRoute {
  return { method: 'POST', path, handle };
}

/** Needs a device: asks for the viewer's profiles. */
export const me: AdapterRoute = get('/me', async (exchange) => ({
  device: exchange.client().device.identifier,
  profiles: await exchange.client().profiles.all(),
}));
