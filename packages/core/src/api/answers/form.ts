/** The body of a form: every value is encoded once. Those that are `undefined` are left out. */
export function formBody(fields: Readonly<Record<string, string | undefined>>): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.append(name, value);
  return form.toString();
}

export const formType: Readonly<Record<string, string>> = {
  'content-type': 'application/x-www-form-urlencoded',
};

/** Adobe's pages demand the charset, although RFC 8259 gives the media type none. */
export const jsonType: Readonly<Record<string, string>> = {
  'content-type': 'application/json;charset=utf-8',
};
