/** The fields of INFO's reply. */
export function parseInfo(reply: unknown): Readonly<Record<string, string>> {
  const fields = String(reply)
    .split('\r\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1)];
    });
  return Object.fromEntries(fields);
}
