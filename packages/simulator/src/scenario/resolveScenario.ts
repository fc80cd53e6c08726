import { uuidFromName } from '../crypto/fingerprint.js';
import { findProblem } from '../ground/jsonSchema.js';
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

/** Throws `invalid_argument`, which names the place. */
export function resolveScenario({
  applications = defaultApplications,
  serviceProviders = defaultServiceProviders,
  viewers = defaultViewers,
}: ScenarioOptions = {}): Scenario {
  const problem = findProblem({ applications, serviceProviders, viewers }, scenarioSchema);
  if (problem !== undefined) throw invalidArgument(problem.path, problem.expectation, problem.received);
  const everybody = resolveViewers(viewers, 'viewers');
  const providers = keyed(
    serviceProviders.map((provider) => resolveServiceProvider(provider, everybody)),
    (provider) => provider.id,
    'serviceProviders',
  );
  const apps = keyed(
    applications.map((application) => resolveApplication(application, providers)),
    (application) => application.name,
    'applications',
  );
  return { applications: apps, serviceProviders: providers };
}

function resolveApplication(
  options: ApplicationOptions,
  providers: ReadonlyMap<string, ServiceProvider>,
): Application {
  const serviceProviders = options.serviceProviders ?? [...providers.keys()];
  for (const id of serviceProviders) {
    if (!providers.has(id))
      throw invalidArgument(
        `applications[${options.name}].serviceProviders`,
        `ids among ${[...providers.keys()].join(', ')}`,
        id,
      );
  }
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
): ServiceProvider {
  const { id, mvpds = [], resources = [] } = options;
  return Object.freeze({
    id,
    name: options.name ?? id,
    domains: [...(options.domains ?? ['adobe.com'])],
    mvpds: [
      ...keyed(
        mvpds.map((mvpd) => resolveMvpd(mvpd, everybody)),
        (mvpd) => mvpd.id,
        `serviceProviders[${id}].mvpds`,
      ).values(),
    ],
    resources: keyed(resources, (resource) => resource.id, `serviceProviders[${id}].resources`),
    maxPreauthorizeResources: options.maxPreauthorizeResources ?? 5,
    maxAuthorizeResources: options.maxAuthorizeResources ?? 1,
  });
}

function resolveMvpd(options: MvpdOptions, everybody: readonly Viewer[]): Mvpd {
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
      options.viewers === undefined
        ? everybody
        : resolveViewers(options.viewers, `mvpds[${options.id}].viewers`),
  });
}

function resolveViewers(viewers: readonly ViewerOptions[], place: string): readonly Viewer[] {
  return [
    ...keyed(
      viewers.map((viewer) => ({ ...viewer, password: viewer.password ?? viewer.name })),
      (viewer) => viewer.name,
      place,
    ).values(),
  ];
}

function keyed<T>(items: readonly T[], key: (item: T) => string, name: string): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const item of items) {
    if (map.has(key(item))) throw invalidArgument(name, 'a list without duplicates', key(item));
    map.set(key(item), item);
  }
  return map;
}
