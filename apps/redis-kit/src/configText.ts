/** Directives of redis.conf. A value is all that follows the name, quoted as the file wants it; a list repeats the name. */
export type RedisConfig = Readonly<Record<string, string | readonly string[]>>;

/** The text of a redis.conf. Later configurations replace directives of earlier ones. */
export function configText(...configs: readonly RedisConfig[]): string {
  const merged = Object.assign({}, ...configs) as RedisConfig;
  const lines = Object.entries(merged).flatMap(([name, value]) =>
    [value].flat().map((each) => `${name} ${each}`),
  );
  const broken = lines.find((line) => /[\r\n]/.test(line));
  if (broken !== undefined)
    throw new Error(
      `The directive ${JSON.stringify(broken.split(' ', 1)[0])} must not contain a line break.`,
    );
  return `${lines.join('\n')}\n`;
}

/** A value that may contain blanks. */
export function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
