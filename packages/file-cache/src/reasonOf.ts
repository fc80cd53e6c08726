/** What a disk or LMDB says of itself, which holds no record. */
export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : typeof cause;
}
