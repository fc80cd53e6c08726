import { keySpaceFault } from '../cache/keySpace.js';
import type { KeyNames } from '../cache/keyNames.js';
import type { LastingWrites } from '../cache/LastingWrites.js';
import type { RecordStore } from '../cache/RecordStore.js';
import { settleWithin } from '../time/settleWithin.js';
import type { Clock } from '../time/clock.js';
import type { PassWarningCode } from '../diagnostics.js';
import { isPassError, PassError } from '../errors.js';
import type { PassFinding, Readiness } from '../Pass.js';
import type { Replacements } from '../replacement/Replacements.js';
import type { Rejection } from '../admission/statementRecord.js';
import type { StatementGate } from '../admission/StatementGate.js';
import { settledOrAborted } from '../time/settledOrAborted.js';
import type { ClockDrift } from './ClockDrift.js';
import type { KeySpaceUsers } from './KeySpaceUsers.js';
import type { ProxyTrust } from './ProxyTrust.js';
import { SharedAnswer } from './SharedAnswer.js';
import type { Timing } from '../timing.js';

export interface ReadinessParts {
  readonly clock: Clock;
  readonly store: RecordStore;
  readonly names: Pick<KeyNames, 'meta' | 'formerMeta'>;
  /** Of the secret that the names derive from. */
  readonly nameKeyId: string;
  readonly statements: StatementGate;
  readonly replacements: Pick<Replacements, 'suspension'>;
  readonly drift: ClockDrift;
  readonly proxyTrust: Pick<ProxyTrust, 'findings'>;
  readonly warn: (code: PassWarningCode, message: string) => void;
  readonly writes: Pick<LastingWrites, 'counts'>;
  readonly users: KeySpaceUsers;
  /** Nothing is served before the cache is found fit. */
  readonly strict: boolean;
  readonly isClosing: () => boolean;
  readonly timing: Timing['readiness'];
  /** When a caller that a strict server turns away may ask again. */
  readonly retryAfterMs: number;
}

/** What stands against using the cache; `null`: nothing. */
type Obstacle = PassError | null;

/**
 * Ready from the first successful cache read until `close()`. What is wrong meanwhile is a finding: if one outage of the
 * cache made every server unready, it would take down the devices too that have all they need in memory.
 */
export class ReadinessWatch {
  readonly #parts: ReadinessParts;
  readonly #read: SharedAnswer<Obstacle>;
  readonly #checked: SharedAnswer<readonly PassFinding[]>;
  readonly #used: SharedAnswer<readonly PassFinding[]>;
  #wasRead = false;
  #isFit: boolean;
  /** Codes of the errors that stand. */
  #published: ReadonlySet<string> = new Set();

  constructor(parts: ReadinessParts) {
    const { clock, store, users, strict, timing } = parts;
    this.#parts = parts;
    this.#isFit = !strict;
    this.#read = new SharedAnswer(clock, 0, null, async () => await this.#readMeta());
    this.#checked = new SharedAnswer(clock, timing.rememberedMs, [], async () => await store.check());
    this.#used = new SharedAnswer<readonly PassFinding[]>(
      clock,
      timing.rememberedMs,
      [],
      async () => await users.findings().catch(() => this.#used.last),
    );
  }

  /** Never rejects, and settles within a second whatever the cache does. */
  async readiness(): Promise<Readiness> {
    const [obstacle, checked, used] = await Promise.all([
      this.#soon(this.#read.get(), this.#unanswered()),
      this.#soonOrLast(this.#checked),
      this.#soonOrLast(this.#used),
    ]);
    this.#judge(obstacle, checked);
    const findings = [
      ...(obstacle === null ? [] : [errorFinding(obstacle)]),
      ...this.#ownFindings(),
      ...this.#parts.drift.findings(),
      ...this.#parts.proxyTrust.findings(),
      ...used,
      ...checked,
    ];
    this.#announce(findings, new Set());
    const ready = this.#wasRead && this.#isFit && !this.#parts.isClosing();
    return { ready, findings, writes: this.#parts.writes.counts };
  }

  /** To be called when the cache is first used: what is wrong with it is announced without anybody asking. */
  async look(): Promise<void> {
    this.#announce(await this.#checked.get());
  }

  /**
   * Resolves once the cache has been found fit to keep credentials, and at once ever after.
   * @throws PassError `cache_unsafe`, `cache_unavailable`, `secret_mismatch`, `cache_format_unsupported`, or the reason of
   * `signal`
   */
  async assertFit(signal?: AbortSignal): Promise<void> {
    if (this.#isFit) return;
    const looked = Promise.all([this.#read.get(), this.#checked.get()]);
    if (signal === undefined) await looked;
    else await settledOrAborted(looked, signal);
    signal?.throwIfAborted();
    const [obstacle, checked] = await looked;
    const fault = this.#judge(obstacle, checked);
    this.#announce(checked);
    if (fault !== null) throw fault;
  }

  #judge(obstacle: Obstacle, checked: readonly PassFinding[]): Obstacle {
    const fault = obstacle ?? unfitness(checked, this.#unanswered());
    if (fault === null) this.#isFit = true;
    return fault;
  }

  async #readMeta(): Promise<Obstacle> {
    const { store, names, nameKeyId } = this.#parts;
    try {
      const [found] = await store.read([names.meta]);
      this.#wasRead = true;
      // Where there is none yet, there may be one of the format of before.
      const decides = found?.kind === 'absent' ? (await store.read([names.formerMeta]))[0] : found;
      return keySpaceFault(nameKeyId, decides) ?? null;
    } catch (error) {
      return isPassError(error) ? error : this.#unanswered();
    }
  }

  #unanswered(): PassError {
    const { retryAfterMs } = this.#parts;
    return new PassError('cache_unavailable', 'the cache did not answer in time', { retryAfterMs });
  }

  async #soon<Value>(answer: Promise<Value>, otherwise: Value): Promise<Value> {
    const late = (): Error => new Error('late');
    const { clock, timing } = this.#parts;
    return await settleWithin(clock, timing.answerWithinMs, () => answer, late).catch(() => otherwise);
  }

  async #soonOrLast<Value>(remembered: SharedAnswer<Value>): Promise<Value> {
    const { last } = remembered;
    return await this.#soon(remembered.get(), last);
  }

  #ownFindings(): readonly PassFinding[] {
    const { statements, replacements, isClosing } = this.#parts;
    const findings: PassFinding[] = [];
    if (!this.#wasRead) {
      const message = 'This process has not read the cache yet.';
      findings.push({ level: 'info', code: 'starting', message });
    }
    if (!this.#isFit) {
      const message = 'strict: no device is served yet; another finding says why.';
      findings.push({ level: 'error', code: 'cache_unsafe', message });
    }
    if (isClosing())
      findings.push({ level: 'info', code: 'closed', message: 'The server is shutting down.' });
    const { rejection } = statements;
    if (rejection !== null) findings.push(rejectionFinding(rejection));
    const { suspension } = replacements;
    if (suspension !== null)
      findings.push({ level: 'error', code: 'replacement_suspended', message: sentence(suspension) });
    return findings;
  }

  /** Each error once for as long as it lasts. `standing`: what still lasts, as far as is known. */
  #announce(findings: readonly PassFinding[], standing = this.#published): void {
    const errors = findings.filter(({ level }) => level === 'error');
    for (const { code, message } of errors)
      if (!this.#published.has(code)) this.#parts.warn('readiness', `${code}: ${message}`);
    this.#published = new Set([...standing, ...errors.map(({ code }) => code)]);
  }
}

function unfitness(checked: readonly PassFinding[], unanswered: PassError): Obstacle {
  // Nothing is known of a cache that could not look at itself.
  if (checked.some(({ code }) => code === 'cache_unavailable')) return unanswered;
  const codes = checked
    .filter(({ level, failsStrict }) => level === 'error' || failsStrict === true)
    .map(({ code }) => code);
  if (codes.length === 0) return null;
  return new PassError(
    'cache_unsafe',
    `the cache is not fit to keep credentials (${codes.join(', ')}): with strict, no device is served until that is repaired`,
  );
}

function rejectionFinding({ isConfirmed, adobeCode }: Rejection): PassFinding {
  return isConfirmed
    ? {
        level: 'error',
        code: 'software_statement_rejected',
        message: `Adobe Pass rejects the software statement (${adobeCode}): new devices are turned away, but for one now and then that tries it. Known ones go on for as long as Adobe Pass takes their credentials.`,
      }
    : {
        level: 'warning',
        code: 'software_statement_doubted',
        message: `Adobe Pass rejected the software statement (${adobeCode}), which it took before: new devices wait until it has been tried again.`,
      };
}

function errorFinding({ code, message }: PassError): PassFinding {
  return { level: 'error', code, message };
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
