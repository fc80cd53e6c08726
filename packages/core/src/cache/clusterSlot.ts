const slots = 16_384;

/**
 * Which slot of a Redis Cluster holds the keys that have `tag` as their hash tag, in ASCII: CRC16-CCITT (XModem).
 * https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#key-distribution-model
 */
export function slotOfTag(tag: string): number {
  let crc = 0;
  for (let index = 0; index < tag.length; index += 1) {
    crc ^= (tag.charCodeAt(index) & 0xff) << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x80_00 ? (crc << 1) ^ 0x10_21 : crc << 1) & 0xff_ff;
  }
  return crc % slots;
}
