// A module as pass-dcr-reseal takes it: its default export makes a Pass on the file cache that the environment names.
import { createPass } from '@pass-dcr/core';
import { fileCache } from '@pass-dcr/file-cache';

const { path, makes, ...options } = JSON.parse(process.env.RESEAL_PASS);

const made = () => {
  if (makes === 'an error') throw new Error(`redis://:${options.secret[0]}@host`);
  if (makes === 'a number') return 7;
  const cache = fileCache({ path });
  return createPass({
    ...options,
    cache: makes === 'a cache without keys' ? { ...cache, keys: undefined } : cache,
  });
};

// oxlint-disable-next-line import/no-default-export -- the program takes a default export
export default makes === 'a pass itself' ? made() : makes === 'a promise' ? async () => made() : made;
