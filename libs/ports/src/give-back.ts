const largeBytes = 64 << 10;

/**
 * Frees large bytes at once and leaves them empty, if they do not share their memory; for whoever has them last. Bytes that have lived through some collections
 * are old to the garbage collector, which lets tens of megabytes of them pile up before it looks.
 */
export function giveBack({ byteLength, buffer }: Uint8Array): void {
  if (byteLength >= largeBytes && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
