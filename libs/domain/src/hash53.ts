/** `/`, which no tenant has in its name. */
const separator = 0x2f;

/**
 * A 53-bit hash of a tenant's text, the same for ever: short integer keys keep the indexes of long ids small, which decides how fast rows with
 * scattered ids are written. Not collision-free; whoever looks up by it compares the text too. (The mixing is that of MurmurHash3.)
 */
export function hash53(tenant: string, text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < tenant.length; index += 1) {
    const unit = tenant.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x85ebca77);
    low = Math.imul(low ^ unit, 0xc2b2ae3d);
  }
  high = Math.imul(high ^ separator, 0x85ebca77);
  low = Math.imul(low ^ separator, 0xc2b2ae3d);
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x85ebca77);
    low = Math.imul(low ^ unit, 0xc2b2ae3d);
  }
  high ^= Math.imul(high ^ (low >>> 15), 0x735a2d97);
  low ^= Math.imul(low ^ (high >>> 15), 0xcaf649a9);
  high ^= low >>> 16;
  low ^= high >>> 16;
  return 0x100000000 * (low & 0x1fffff) + (high >>> 0);
}

/** The partition of an account's rows: all rows of one account go through the same one. */
export const partitionOf = (tenant: string, accountId: string, partitions: number): number => hash53(tenant, accountId) % partitions;
