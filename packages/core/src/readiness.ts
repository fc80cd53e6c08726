import { keySpaceFault } from './cache/keySpace.js';
import type { RecordStore } from './cache/RecordStore.js';
import { isPassError } from './errors.js';
import type { PassFinding, Readiness } from './Pass.js';
import type { ReplacementFuse } from './session/ReplacementFuse.js';
import type { StatementGate } from './session/StatementGate.js';

export interface ReadinessParts {
  readonly store: RecordStore;
  readonly metaKey: string;
  /** Of the secret that the names derive from. */
  readonly nameKeyId: string;
  readonly statements: StatementGate;
  readonly fuse: ReplacementFuse;
  readonly isClosing: () => boolean;
  /** Whether the cache was read successfully before. */
  readonly wasRead: boolean;
}

/**
 * Ready from the first successful cache read until `close()`. What is wrong meanwhile is a finding: if one outage of the
 * cache made every server unready, it would take down the devices too that have all they need in memory.
 */
export async function readinessOf(
  parts: ReadinessParts,
): Promise<{ readonly readiness: Readiness; readonly wasRead: boolean }> {
  const { store, metaKey, nameKeyId, isClosing } = parts;
  const findings: PassFinding[] = [];
  let { wasRead } = parts;
  try {
    const [found] = await store.read([metaKey]);
    wasRead = true;
    const fault = keySpaceFault(nameKeyId, found);
    if (fault !== undefined) findings.push({ level: 'error', code: fault.code, message: fault.message });
  } catch (error) {
    const message = isPassError(error) ? error.message : 'The cache could not be read.';
    findings.push({ level: 'error', code: 'cache_unavailable', message });
  }
  findings.push(...ownFindings(parts), ...(await store.check()));
  return { readiness: { ready: wasRead && !isClosing(), findings }, wasRead };
}

function ownFindings({ statements, fuse, isClosing }: ReadinessParts): readonly PassFinding[] {
  const findings: PassFinding[] = [];
  if (isClosing()) findings.push({ level: 'info', code: 'closed', message: 'The server is shutting down.' });
  const block = statements.block;
  if (block !== null) {
    findings.push({
      level: 'error',
      code: 'software_statement_rejected',
      message: `Adobe Pass rejected the software statement (${block.adobeCode}): new devices are turned away, known ones go on.`,
    });
  }
  if (fuse.openForMs > 0) {
    findings.push({
      level: 'error',
      code: 'replacement_suspended',
      message: 'Many devices lost their credentials within minutes: none is replaced for now.',
    });
  }
  return findings;
}
