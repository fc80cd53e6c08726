/** A text cut out of another keeps all of the other alive, such as the cookies of the request that it came from. */
export function ownText(text: string): string {
  const copy = Buffer.from(text, 'latin1').toString('latin1');
  return copy === text ? copy : Buffer.from(text, 'utf16le').toString('utf16le');
}
