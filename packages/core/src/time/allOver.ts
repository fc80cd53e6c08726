/**
 * As `Promise.all`, but not before each of them is over: where one fails, nothing of the others goes on behind the back of
 * whoever waits, such as a process that ends.
 */
export async function allOver<const Work extends readonly Promise<unknown>[]>(
  work: Work,
): Promise<{ -readonly [Key in keyof Work]: Awaited<Work[Key]> }> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}
