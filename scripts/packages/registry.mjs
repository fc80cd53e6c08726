import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

/** @typedef {import('./pack.mjs').Packed} Packed */
/**
 * @typedef {object} Registry
 * @property {Record<string, string>} env has npm take our packages from here, and all others from where it does otherwise
 * @property {() => Promise<void>} close
 */

/**
 * Serves the packed packages as npm's registry will, on loopback.
 * @param {readonly Packed[]} packed @param {string} folder for the settings of npm
 * @returns {Promise<Registry>}
 */
export async function startRegistry(packed, folder) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    const found = packed.find(
      ({ manifest }) => path === `/${manifest.name}` || path === tarballPath(manifest),
    );
    // What npm keeps, it would take for the same version of another run.
    response.setHeader('Cache-Control', 'no-store');
    if (found === undefined) response.writeHead(404).end();
    else if (path.endsWith('.tgz')) response.end(readFileSync(found.tarball));
    else response.end(JSON.stringify(packument(found, `http://${request.headers.host}`)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const settings = join(folder, 'npmrc');
  const own = ['audit=false', 'fund=false', 'update-notifier=false', 'prefer-offline=true'];
  writeFileSync(settings, [`@pass-dcr:registry=http://127.0.0.1:${port}/`, ...own, ''].join('\n'));
  return {
    env: { npm_config_userconfig: settings },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** @param {Packed['manifest']} manifest */
const tarballPath = ({ name, version }) => `/${name}/-/${name.split('/')[1]}-${version}.tgz`;

/** What a registry says of a package. @param {Packed} packed @param {string} origin */
function packument({ manifest, tarball }, origin) {
  const { name, version } = manifest;
  const integrity = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  const dist = { tarball: `${origin}${tarballPath(manifest)}`, integrity };
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } };
}
