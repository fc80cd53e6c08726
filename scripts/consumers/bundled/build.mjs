import { build } from 'esbuild';

const [format = 'esm'] = process.argv.slice(2);
await build({
  entryPoints: ['server.ts'],
  outfile: format === 'cjs' ? 'dist/server.cjs' : 'dist/server.mjs',
  bundle: true,
  platform: 'node',
  format,
  // It brings a library of its own, which cannot be part of a bundle.
  external: ['lmdb'],
  // CommonJS inside an ES module needs a require, which esbuild leaves to whoever bundles.
  ...(format === 'esm' && {
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  }),
});
