import type { PassLimits } from '../../src/options.js';
import type { Changes } from './FleetProcess.js';

const endless = 1_000_000_000;

/** Nobody bounds how many pairs are changed. */
export const noFuse: Changes = { replacement: { places: endless } };

/** Whoever is refused three times is replaced: nothing that looks beyond one device has a say. */
export const unbridled: Changes = {
  replacement: {
    ...noFuse.replacement,
    witnesses: 0,
    spanWithYoungerMs: 0,
    spanWithFewMs: 0,
    newlyRefused: endless,
    refused: endless,
  },
};

/** No pair is ever replaced. */
export const neverProven: Changes = { replacement: { refusals: endless } };

/** That Adobe Pass has recovered is found out after minutes. */
export const rareProbes: Changes = { replacement: { probeMs: 420_000 } };

/** A pair with a sign-in that was replaced is only tried where the one that counts is refused. */
export const noEarlierFirst: Changes = { machine: { earlierFirstForMs: 0 } };

/** A software statement is taken for rejected at the first word. */
export const oneWordIsEnough: Changes = { admission: { statementRejections: 1 } };

/** No pair is looked for in the cache, whatever has happened to it. */
export const neverLooked: Changes = { recovery: { looksAtLeast: 0, looksAtMost: 0 } };

/** Whatever the record of the key space says is looked into, however often it does. */
export const atEachSign: Changes = { recovery: { neighboursAtMostEveryMs: 0 } };

/** One pair that cannot be looked for has all others wait. */
export const anyFailureStops: Changes = {
  recovery: { failuresThatStop: 1, looksAtLeast: 1, looksAtMost: 1 },
};

/** Registrations wait for pairs that do not come back. */
export const endlessHold: Changes = { recovery: { stalledAfterMs: endless, heldOffAtMostMs: endless } };

/** That other processes put pairs back is forgotten as soon as it was heard. */
export const forgottenHold: Changes = { recovery: { holdRetryMs: 0, lookEveryMs: 10 } };
/** However many devices wait, and however long a call takes. */
export const sixtyFourPlaces: PassLimits = { concurrentRegistrations: 64 };
