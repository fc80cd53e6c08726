/**
 * What is wrong with a cache, in our own words. They hold no value: records are sealed, but nobody knows what a foreign
 * cache answers.
 */
export class CacheFailure extends Error {
  override readonly name: string = 'CacheFailure';
}
