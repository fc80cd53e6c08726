export { fileCache, type FileCacheOptions } from './fileCache.js';
