import type { KeyNames } from '../cache/keyNames.js';
import { identifierBytesOfKey } from '../device/identifier.js';
import type { AskedPair, WitnessSource } from '../replacement/Replacements.js';
import type { KeptDevice } from './KeptDevice.js';

export interface EarlyRenewalsOptions {
  readonly names: KeyNames;
  readonly kept: ReadonlyMap<string, KeptDevice>;
  /** Devices that are looked at for one answer: a memory of a million devices is not searched. */
  readonly looks: number;
}

/** `'unknown'`: no answer, a throttle, or somebody else was at it. */
export type RenewalOutcome = 'issued' | 'refused' | 'unknown';

/** The devices of this process as witnesses: whether Adobe Pass, on this way to it, knows anybody. */
export class EarlyRenewals implements WitnessSource {
  readonly #options: EarlyRenewalsOptions;
  /** By tag: the keys of those that were proposed, and not asked since. */
  readonly #proposed: Map<string, string> = new Map();
  #renew: (key: string) => Promise<RenewalOutcome> = async () => await Promise.resolve('unknown');

  constructor(options: EarlyRenewalsOptions) {
    this.#options = options;
  }

  /** `renew`: renews the token of a device at rest before that is due. Until then nobody bears witness. */
  start(renew: (key: string) => Promise<RenewalOutcome>): void {
    this.#renew = renew;
  }

  candidates(limit: number, except: (pair: AskedPair) => boolean): readonly AskedPair[] {
    const found: AskedPair[] = [];
    if (this.#proposed.size > this.#options.looks) this.#proposed.clear();
    for (const { key, device } of this.#nearestToRenewal()) {
      if (found.length === limit) break;
      const { pair } = device;
      if (pair === null) continue;
      const tag = this.#options.names.deviceTag(identifierBytesOfKey(key));
      const asked = { tag, clientId: pair.clientId, registeredAt: pair.registeredAt };
      if (except(asked)) continue;
      this.#proposed.set(tag, key);
      found.push(asked);
    }
    return found;
  }

  async renewEarly(tag: string): Promise<RenewalOutcome> {
    const key = this.#proposed.get(tag);
    this.#proposed.delete(tag);
    return key === undefined ? 'unknown' : await this.#renew(key);
  }

  #nearestToRenewal(): readonly { readonly key: string; readonly device: KeptDevice }[] {
    const looked: { readonly key: string; readonly device: KeptDevice }[] = [];
    for (const [key, device] of this.#options.kept) {
      if (looked.length === this.#options.looks) break;
      looked.push({ key, device });
    }
    const dueAt = ({ device }: { readonly device: KeptDevice }): number =>
      device.renewAtMs ?? Number.POSITIVE_INFINITY;
    return looked.toSorted((one, other) => {
      const [mine, theirs] = [dueAt(one), dueAt(other)];
      return mine === theirs ? 0 : mine - theirs;
    });
  }
}
