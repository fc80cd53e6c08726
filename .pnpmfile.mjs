// What pnpm does to our manifests.

/** @typedef {{ version: string, peerDependencies?: Record<string, string> }} Manifest */

export const hooks = {
  /**
   * Before 1.0 every minor may break, and all packages share one version: a package is published as the peer of its own
   * minor alone. The manifests in the repository name the wide range, because Changesets (2; 3 needs Node 22) makes a major
   * version of every package whose peer leaves its range.
   * @param {Manifest} manifest @returns {Manifest}
   */
  beforePacking(manifest) {
    const { version, peerDependencies = {} } = manifest;
    for (const name of Object.keys(peerDependencies))
      if (name.startsWith('@pass-dcr/')) peerDependencies[name] = `^${version}`;
    return manifest;
  },
};
