/** @param {string} url @param {unknown} [body] a POST where given @param {Record<string, string>} [headers] */
export async function json(url, body, headers = {}) {
  const init =
    body === undefined
      ? { headers }
      : {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...headers },
          body: JSON.stringify(body),
        };
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(20_000) });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status}: ${answer}`);
  return /** @type {Record<string, unknown>} */ (JSON.parse(answer));
}

/** @param {unknown} value @param {string} name @returns {string} */
export function text(value, name) {
  if (typeof value !== 'string') throw new Error(`${name} is missing in an answer`);
  return value;
}
