import type { PassWarningCode } from '../diagnostics.js';
import type { PassInternals } from '../PassInternals.js';
import { ApiClient } from './ApiClient.js';
import type { ApiRuntime } from './ApiRuntime.js';

/** What a `Pass` gives adapters under `passInternals`. */
export function createPassInternals(runtime: ApiRuntime): PassInternals {
  const warned: Set<PassWarningCode> = new Set();
  return {
    client: (device, context) => new ApiClient(runtime, device, context),
    owns: (value): value is ApiClient => value instanceof ApiClient && value.belongsTo(runtime),
    warn(code) {
      if (warned.has(code)) return;
      warned.add(code);
      runtime.proxyTrust.warn(code);
    },
  };
}
