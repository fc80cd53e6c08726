import { SimulatorError } from '../ground/simulatorError.js';
import type { StatementTarget } from '../state/statements.js';
import type { World } from '../world.js';

export type TokenOwner = { readonly clientId: string } | { readonly device: string };

export type RevocationTarget =
  | { readonly token: string }
  | { readonly tokensOf: TokenOwner }
  | { readonly clientId: string }
  | StatementTarget;

export interface Revoked {
  /** How many tokens, pairs or statements it was about. */
  readonly affected: number;
}

export function revoke(world: World, target: RevocationTarget): Revoked {
  if ('tokensOf' in target)
    return { affected: world.tokens.revokeOf(clientIdsOf(world, target.tokensOf), world.clock.now()) };
  setRevoked(world, target, true);
  return { affected: 1 };
}

/** Undoes `revoke` of the same target. Tokens revoked by owner are gone, as their strings are not known here. */
export function restore(world: World, target: RevocationTarget): Revoked {
  if ('tokensOf' in target)
    throw new SimulatorError(
      'invalid_argument',
      'tokens revoked by owner cannot be restored: restore each by its string',
    );
  setRevoked(world, target, false);
  return { affected: 1 };
}

function setRevoked(
  { tokens, clients, statements }: World,
  target: Exclude<RevocationTarget, { tokensOf: TokenOwner }>,
  revoked: boolean,
): void {
  if ('token' in target) tokens.setRevoked(target.token, revoked);
  else if ('clientId' in target) clients.setRevoked(target.clientId, revoked);
  else if (revoked) statements.revoke(target);
  else statements.restore(target);
}

function clientIdsOf({ clients }: World, owner: TokenOwner): ReadonlySet<string> {
  return new Set(
    'clientId' in owner
      ? [owner.clientId]
      : clients.list({ device: owner.device }).map(({ clientId }) => clientId),
  );
}
