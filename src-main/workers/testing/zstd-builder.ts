/** Zstandard frames by hand (RFC 8878): nothing here compresses, which the format allows. */

const magic = Buffer.from('28b52ffd', 'hex');
/** No content size, a window of 8 MiB. */
const header = Buffer.concat([magic, Buffer.of(0, 13 << 3)]);
/** The format allows 128 KiB. */
export const rawZstdBlock = 16 << 10;

function blockHeader(type: number, size: number, isLast: boolean): Buffer {
  const value = (size << 3) | (type << 1) | (isLast ? 1 : 0);
  return Buffer.of(value & 0xff, (value >> 8) & 0xff, value >> 16);
}

/** A frame of raw blocks. */
export function rawZstd(bytes: Uint8Array): Buffer {
  const parts: Uint8Array[] = [header];
  for (let at = 0; at < bytes.length; at += rawZstdBlock) {
    const block = bytes.subarray(at, at + rawZstdBlock);
    parts.push(blockHeader(0, block.length, at + rawZstdBlock >= bytes.length), block);
  }
  return Buffer.concat(parts);
}

/** A frame of `count` blocks, each `size` times the same byte: four bytes for up to 128 KiB. */
export function rleZstd(value: number, count: number, size: number): Buffer {
  const blocks = Array.from({ length: count }, (_, i) =>
    Buffer.concat([blockHeader(1, size, i === count - 1), Buffer.of(value)]),
  );
  return Buffer.concat([header, ...blocks]);
}

/** A frame that readers pass over. */
export function skippableZstd(length: number): Buffer {
  const bytes = Buffer.alloc(8 + length, 0x55);
  bytes.writeUInt32LE(0x184d2a53, 0);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}
