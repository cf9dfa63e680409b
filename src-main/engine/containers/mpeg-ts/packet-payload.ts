import type { PesReader } from '../mpeg-es';
import type { TsPacketOrigin } from './packet-sync';

/** Hands the payload of a packet on with where it lies. */
export function feed(
  reader: PesReader,
  isStart: boolean,
  bytes: Uint8Array,
  from: number,
  at: number,
  { frame, timeNs, pieces, pieceAddress, pieceLength }: TsPacketOrigin,
): void {
  if (isStart) reader.start();
  let start = at;
  for (let i = 0; i < pieces; i += 1) {
    const end = start + pieceLength[i];
    if (end > from) {
      const first = Math.max(start, from);
      const address = pieceAddress[i];
      reader.data(bytes, first, end, frame, timeNs, address < 0 ? address : address + first - start);
    }
    start = end;
  }
}

/** Four bytes as a number. */
export function mark(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
}

/** Whether an adaptation field has more bytes than its fields take (2.4.3.4). */
export function hasStuffing(bytes: Uint8Array, at: number): boolean {
  const length = bytes[at];
  if (length === 0) return true;
  const flags = bytes[at + 1];
  let used = 1;
  if (flags & 0x10) used += 6;
  if (flags & 0x08) used += 6;
  if (flags & 0x04) used += 1;
  if (flags & 0x02) used += 1 + bytes[at + 1 + used];
  if (flags & 0x01) used += 1 + bytes[at + 1 + used];
  return length > used;
}
