/** What this process knows of devices, as far as it concerns putting pairs back. */
export interface KnownPairs {
  /** Keys of devices with a pair: those whose pair is young, and the others in the order of their last use. */
  pairs(): { readonly young: readonly string[]; readonly others: readonly string[] };
  /** Devices that are known. */
  readonly size: number;
}
