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

/** What is decided whatever the call asks for. */
export type BearerVerdict =
  | { readonly kind: 'accepted'; readonly client: Client }
  | Extract<AccessVerdict, { readonly kind: 'token_invalid' | 'client_invalid' | 'statement_invalid' }>;

/** Adobe checks the token, then its client pair, then the statement behind the pair. */
export function decideBearer({
  now,
  token,
  client,
  statementRevoked,
}: Omit<AccessQuestion, 'serviceProvider'>): BearerVerdict {
  if (token === undefined || token.revoked || now >= token.expiresAt) return { kind: 'token_invalid' };
  if (client === undefined || client.revoked) return { kind: 'client_invalid' };
  return statementRevoked ? { kind: 'statement_invalid' } : { kind: 'accepted', client };
}

/** Who calls comes first; only then what is asked for. */
export function decideAccess({ serviceProvider, ...bearer }: AccessQuestion): AccessVerdict {
  const verdict = decideBearer(bearer);
  if (verdict.kind !== 'accepted') return verdict;
  const { client } = verdict;
  if (!client.application.scopes.includes('api:client:v2')) return { kind: 'scope_missing' };
  if (serviceProvider === undefined) return { kind: 'service_provider_unknown' };
  if (!client.application.serviceProviders.includes(serviceProvider.id))
    return { kind: 'service_provider_not_covered' };
  return { kind: 'allowed', client, serviceProvider };
}
