import { uuidFromName } from '../crypto/fingerprint.js';
import { invalidArgument } from '../ground/simulatorError.js';
import { defaultApplications, defaultServiceProviders } from './defaultScenario.js';
import type {
  Application,
  ApplicationOptions,
  Mvpd,
  MvpdOptions,
  Scenario,
  ServiceProvider,
  ServiceProviderOptions,
} from './scenario.js';

export function resolveScenario(
  applications: readonly ApplicationOptions[] = defaultApplications,
  serviceProviders: readonly ServiceProviderOptions[] = defaultServiceProviders,
): Scenario {
  requireList('applications', applications);
  requireList('serviceProviders', serviceProviders);
  const providers = keyed(
    serviceProviders.map(resolveServiceProvider),
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
  requireText('applications[].name', options.name);
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

function resolveServiceProvider(options: ServiceProviderOptions): ServiceProvider {
  requireText('serviceProviders[].id', options.id);
  return Object.freeze({
    id: options.id,
    name: options.name ?? options.id,
    domains: [...(options.domains ?? ['adobe.com'])],
    mvpds: (options.mvpds ?? []).map(resolveMvpd),
  });
}

function resolveMvpd(options: MvpdOptions): Mvpd {
  requireText('mvpds[].id', options.id);
  return Object.freeze({
    ...options,
    displayName: options.displayName ?? options.id,
    profileLifeSeconds: options.profileLifeSeconds ?? 30 * 86_400,
  });
}

function requireText(name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') throw invalidArgument(name, 'a non-empty string', value);
}

function requireList(name: string, value: unknown): void {
  if (!Array.isArray(value)) throw invalidArgument(name, 'a list', value);
}

function keyed<T>(items: readonly T[], key: (item: T) => string, name: string): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const item of items) {
    if (map.has(key(item))) throw invalidArgument(name, 'a list without duplicates', key(item));
    map.set(key(item), item);
  }
  return map;
}
