import type { ServiceProvider } from '../../scenario/scenario.js';
import type { Client } from '../../state/clients.js';
import type { TokenRecord } from '../../state/tokens.js';

export interface AccessQuestion {
  readonly now: number;
  readonly token: TokenRecord | undefined;
  /** Owner of the token. */
  readonly client: Client | undefined;
  readonly statementRevoked: boolean;
  /** The one the path names, if the scenario has it. */
  readonly serviceProvider: ServiceProvider | undefined;
}

export type AccessVerdict =
  | { readonly kind: 'allowed'; readonly client: Client; readonly serviceProvider: ServiceProvider }
  | { readonly kind: 'token_invalid' }
  | { readonly kind: 'client_invalid' }
  | { readonly kind: 'statement_invalid' }
  | { readonly kind: 'scope_missing' }
  | { readonly kind: 'service_provider_unknown' }
  | { readonly kind: 'service_provider_not_covered' };

/** Adobe checks the token, then its client pair, then the statement behind the pair; only then what is asked for. */
export function decideAccess({
  now,
  token,
  client,
  statementRevoked,
  serviceProvider,
}: AccessQuestion): AccessVerdict {
  if (token === undefined || token.revoked || now >= token.expiresAt) return { kind: 'token_invalid' };
  if (client === undefined || client.revoked) return { kind: 'client_invalid' };
  if (statementRevoked) return { kind: 'statement_invalid' };
  if (!client.application.scopes.includes('api:client:v2')) return { kind: 'scope_missing' };
  if (serviceProvider === undefined) return { kind: 'service_provider_unknown' };
  if (!client.application.serviceProviders.includes(serviceProvider.id))
    return { kind: 'service_provider_not_covered' };
  return { kind: 'allowed', client, serviceProvider };
}
