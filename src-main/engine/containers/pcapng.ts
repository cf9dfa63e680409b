import { asciiBytes } from './ascii';

/** A captured frame, for a file. */
export interface PcapngPacket {
  /** Number of its interface, in the order in which they were described. */
  readonly interfaceIndex: number;
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  readonly timeNs: bigint;
  readonly wireLength: number;
  readonly bytes: Uint8Array;
}

const blockFrameBytes = 12;
const nanoseconds = 9;

/** Section Header Block (draft-ietf-opsawg-pcapng, 4.1), little endian, its length unsaid. */
export function pcapngHeader(application: string): Uint8Array {
  const name = asciiBytes(application);
  return block(0x0a0d_0d0a, 16 + optionBytes(name.length) + 4, (view, bytes) => {
    view.setUint32(0, 0x1a2b_3c4d, true);
    view.setUint16(4, 1, true);
    view.setBigInt64(8, -1n, true);
    putOption(view, bytes, 16, 4, name);
  });
}

/** Interface Description Block (4.2): times in nanoseconds, packets of any length. */
export function pcapngInterface(linkType: number): Uint8Array {
  return block(1, 8 + optionBytes(1) + 4, (view, bytes) => {
    view.setUint16(0, linkType, true);
    putOption(view, bytes, 8, 9, Uint8Array.of(nanoseconds));
  });
}

/** Enhanced Packet Block (4.3). */
export function pcapngPacket({ interfaceIndex, timeNs, wireLength, bytes: captured }: PcapngPacket): Uint8Array {
  return block(6, 20 + padded(captured.length), (view, bytes) => {
    view.setUint32(0, interfaceIndex, true);
    view.setUint32(4, Number((timeNs >> 32n) & 0xffff_ffffn), true);
    view.setUint32(8, Number(timeNs & 0xffff_ffffn), true);
    view.setUint32(12, captured.length, true);
    view.setUint32(16, wireLength, true);
    bytes.set(captured, 20);
  });
}

function block(type: number, length: number, fill: (view: DataView, bytes: Uint8Array) => void): Uint8Array {
  const total = blockFrameBytes + length;
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, total, true);
  view.setUint32(total - 4, total, true);
  fill(new DataView(bytes.buffer, 8, length), bytes.subarray(8, total - 4));
  return bytes;
}

/** The option that ends them all is the zeros behind it. */
function putOption(view: DataView, bytes: Uint8Array, at: number, code: number, value: Uint8Array): void {
  view.setUint16(at, code, true);
  view.setUint16(at + 2, value.length, true);
  bytes.set(value, at + 4);
}

function optionBytes(length: number): number {
  return 4 + padded(length);
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
