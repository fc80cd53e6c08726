// Opens a folder, stores one entry, and says so.
import { fileCache } from '@pass-dcr/file-cache';

const cache = fileCache({ path: process.argv[2] });
await cache.swap('k:{limited}:c', null, { value: 'credentials', ttlMs: null });
await cache.close();
process.stdout.write('stored\n');
