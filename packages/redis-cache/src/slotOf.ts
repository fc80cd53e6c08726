/** Neighbouring slots are usually on one node, so a node that fails takes few others with it. */
const slotsPerArea = 64;
const slots = 16_384;

/** Which part of a cluster a slot is in. */
export function areaOf(slot: number): number {
  return Math.floor(slot / slotsPerArea);
}

/** Which slot of a cluster holds `key`. */
export function slotOf(key: string): number {
  return crc16(hashTag(key)) % slots;
}

/** https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags */
function hashTag(key: string): string {
  const open = key.indexOf('{');
  if (open === -1) return key;
  const close = key.indexOf('}', open + 1);
  return close > open + 1 ? key.slice(open + 1, close) : key;
}

/** CRC16-CCITT (XModem), as the cluster specification has it. Keys are ASCII. */
function crc16(text: string): number {
  let crc = 0;
  for (let index = 0; index < text.length; index += 1) {
    crc ^= (text.charCodeAt(index) & 0xff) << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x80_00 ? (crc << 1) ^ 0x10_21 : crc << 1) & 0xff_ff;
  }
  return crc;
}
