/** Whether a header says this media type; a charset, if any, is utf-8. */
export function hasMediaType(header: string | undefined, mediaType: string): boolean {
  const [type = '', ...parameters] = (header ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  return (
    type === mediaType &&
    parameters.every((parameter) => parameter === '' || /^charset="?utf-8"?$/.test(parameter))
  );
}
