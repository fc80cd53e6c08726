import { uuidFromName } from '../crypto/fingerprint.js';
import { below, findProblem } from '../ground/jsonSchema.js';
import { invalidArgument } from '../ground/simulatorError.js';
import { defaultApplications, defaultServiceProviders, defaultViewers } from './defaultScenario.js';
import type {
  Application,
  ApplicationOptions,
  Mvpd,
  MvpdOptions,
  Scenario,
  ScenarioOptions,
  ServiceProvider,
  ServiceProviderOptions,
  Viewer,
  ViewerOptions,
} from './scenario.js';
import { scenarioSchema } from './scenarioSchema.js';

/** Throws `invalid_argument`, which says where by a JSON pointer. */
export function resolveScenario({
  applications = defaultApplications,
  serviceProviders = defaultServiceProviders,
  viewers = defaultViewers,
}: ScenarioOptions = {}): Scenario {
  const problem = findProblem({ applications, serviceProviders, viewers }, scenarioSchema);
  if (problem !== undefined)
    throw invalidArgument(problem.pointer, problem.expectation, problem.received, problem.names);
  const everybody = resolveViewers(viewers, '/viewers');
  const providers = keyed(
    serviceProviders.map((provider, index) =>
      resolveServiceProvider(provider, everybody, below('/serviceProviders', index)),
    ),
    'id',
    '/serviceProviders',
  );
  const apps = keyed(
    applications.map((application, index) =>
      resolveApplication(application, providers, below('/applications', index)),
    ),
    'name',
    '/applications',
  );
  return { applications: apps, serviceProviders: providers };
}

function resolveApplication(
  options: ApplicationOptions,
  providers: ReadonlyMap<string, ServiceProvider>,
  pointer: string,
): Application {
  const known = [...providers.keys()];
  const serviceProviders = options.serviceProviders ?? known;
  const unknown = serviceProviders.findIndex((id) => !providers.has(id));
  if (unknown >= 0)
    throw invalidArgument(
      below(pointer, 'serviceProviders', unknown),
      known.length > 0 ? `one of ${known.join(', ')}` : 'left out, as there is no service provider',
      serviceProviders[unknown],
      known,
    );
  return Object.freeze({
    name: options.name,
    id: options.id ?? uuidFromName(options.name),
    serviceProviders: [...serviceProviders],
    scopes: [...(options.scopes ?? ['api:client:v2'])],
    redirectDomains: options.redirectDomains?.map((domain) => domain.toLowerCase()),
    grantTypes: [...(options.grantTypes ?? ['client_credentials'])],
  });
}

function resolveServiceProvider(
  options: ServiceProviderOptions,
  everybody: readonly Viewer[],
  pointer: string,
): ServiceProvider {
  const { id, mvpds = [], resources = [] } = options;
  return Object.freeze({
    id,
    name: options.name ?? id,
    domains: [...(options.domains ?? ['adobe.com'])],
    mvpds: [
      ...keyed(
        mvpds.map((mvpd, index) => resolveMvpd(mvpd, everybody, below(pointer, 'mvpds', index))),
        'id',
        below(pointer, 'mvpds'),
      ).values(),
    ],
    resources: keyed(resources, 'id', below(pointer, 'resources')),
    maxPreauthorizeResources: options.maxPreauthorizeResources ?? 5,
    maxAuthorizeResources: options.maxAuthorizeResources ?? 1,
  });
}

function resolveMvpd(options: MvpdOptions, everybody: readonly Viewer[], pointer: string): Mvpd {
  return Object.freeze({
    ...options,
    displayName: options.displayName ?? options.id,
    active: options.active ?? true,
    profileLifeSeconds: options.profileLifeSeconds ?? 30 * 86_400,
    authorizationLifeSeconds: options.authorizationLifeSeconds ?? 86_400,
    login: options.login ?? 'redirect',
    logout: options.logout ?? 'page',
    delayMs: options.delayMs ?? 0,
    viewers:
      options.viewers === undefined ? everybody : resolveViewers(options.viewers, below(pointer, 'viewers')),
  });
}

function resolveViewers(viewers: readonly ViewerOptions[], pointer: string): readonly Viewer[] {
  const resolved = viewers.map((viewer) => ({ ...viewer, password: viewer.password ?? viewer.name }));
  return [...keyed(resolved, 'name', pointer).values()];
}

function keyed<Key extends string, Item extends Readonly<Record<Key, string>>>(
  items: readonly Item[],
  key: Key,
  pointer: string,
): ReadonlyMap<string, Item> {
  const map = new Map<string, Item>();
  for (const [index, item] of items.entries()) {
    if (map.has(item[key]))
      throw invalidArgument(below(pointer, index, key), 'one that the list has not had', item[key]);
    map.set(item[key], item);
  }
  return map;
}
