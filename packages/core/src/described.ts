/** A value in a few words that show no text, because a secret may stand where it does not belong. */
export function described(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return kindOf(value);
  // Words only: a key with digits in it may be an identifier or a token.
  const names = Object.keys(value).filter((name) => /^[A-Za-z]{1,24}$/.test(name));
  return names.length === 0 ? 'an object' : `an object with ${names.slice(0, 5).join(', ')}`;
}

/** Less than `described`, where a number may be an identifier, or the message is for the client of this server. */
export function kindOf(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'undefined';
    case 'string':
      return value === '' ? 'an empty string' : `a string of ${value.length} characters`;
    case 'object':
      if (value === null) return 'null';
      if (!Array.isArray(value)) return 'an object';
      return value.length === 0 ? 'an empty list' : 'a list';
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'symbol':
    case 'function':
      return `a ${typeof value}`;
  }
}
