import type { ModuleRef } from '@nestjs/core';
import { PassError, type Pass } from '@pass-dcr/core';
import type { AttachingGuard } from './AttachingGuard.js';
import { guardToken, passToken } from './tokens.js';

/** The `Pass` of a name, wherever in the application its module is imported. @throws PassError `option_invalid` */
export function findPass(moduleRef: ModuleRef, name: string): Pass {
  return find(moduleRef, passToken(name), name) as Pass;
}

/** @throws PassError `option_invalid` */
export function findGuard(moduleRef: ModuleRef, name: string): AttachingGuard {
  return find(moduleRef, guardToken(name), name) as AttachingGuard;
}

function find(moduleRef: ModuleRef, token: symbol, name: string): unknown {
  try {
    return moduleRef.get<unknown>(token, { strict: false });
  } catch (cause) {
    throw new PassError('option_invalid', `no PassModule named ${JSON.stringify(name)} is imported`, {
      cause,
    });
  }
}
