/** Adobe's samples say `Apple`, its glossary `apple`. */
export function isPartner(name: string | undefined): boolean {
  return name?.toLowerCase() === 'apple';
}
