import type { AdapterConformanceOptions, AdapterConformanceReport } from './AdapterConformanceOptions.js';
import { createAdapterSuite } from './AdapterSuite.js';
import { addressCases } from './addressCases.js';
import { attackCases } from './attackCases.js';
import { authenticationCases } from './authenticationCases.js';
import { bodyCases } from './bodyCases.js';
import { concurrencyCases } from './concurrencyCases.js';
import { deviceCases } from './deviceCases.js';
import { disconnectCases } from './disconnectCases.js';
import { errorCases } from './errorCases.js';
import { headerCases } from './headerCases.js';
import { instanceCases } from './instanceCases.js';
import { routingCases } from './routingCases.js';
import { shutdownCases } from './shutdownCases.js';

/**
 * Defines one test for everything that an adapter owes its users, and returns what it defined. Each case runs an
 * application of yours over real sockets against a simulator of its own.
 *
 * @example
 * describe('my adapter', () => {
 *   adapterConformance({ it, expect, serve: (application) => serveWithMyAdapter(application) });
 * });
 */
export function adapterConformance(options: AdapterConformanceOptions): AdapterConformanceReport {
  const { suite, report } = createAdapterSuite(options);
  authenticationCases(suite);
  deviceCases(suite);
  errorCases(suite);
  disconnectCases(suite);
  bodyCases(suite);
  addressCases(suite);
  attackCases(suite);
  headerCases(suite);
  routingCases(suite);
  instanceCases(suite);
  concurrencyCases(suite);
  shutdownCases(suite);
  return report;
}
