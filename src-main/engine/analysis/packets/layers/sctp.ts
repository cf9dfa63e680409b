import { u16be, u32be } from '../../../bytes/integers';
import type { LayerDefinition } from './layer';
import { hex, hex32 } from './layer';

const chunkNames: Readonly<Record<number, string>> = {
  0: 'DATA',
  1: 'INIT',
  2: 'INIT ACK',
  3: 'SACK',
  4: 'HEARTBEAT',
  5: 'HEARTBEAT ACK',
  6: 'ABORT',
  7: 'SHUTDOWN',
  8: 'SHUTDOWN ACK',
  9: 'ERROR',
  10: 'COOKIE ECHO',
  11: 'COOKIE ACK',
  14: 'SHUTDOWN COMPLETE',
  64: 'I-DATA',
  130: 'RE-CONFIG',
  192: 'FORWARD TSN',
};
const mostChunks = 256;

/** Names of the chunks in `bytes[start..end)`. */
export function sctpChunkNames(bytes: Uint8Array, start: number, end: number): string[] {
  const names: string[] = [];
  for (let at = start; at + 4 <= end && names.length < mostChunks; ) {
    const length = u16be(bytes, at + 2);
    if (length < 4) break;
    names.push(chunkNames[bytes[at]] ?? `chunk ${bytes[at]}`);
    at += (length + 3) & ~3;
  }
  return names;
}

/** SCTP (RFC 9260, section 3): the common header and its chunks. */
export const sctpLayer: LayerDefinition = {
  id: 'sctp',
  title: 'Stream Control Transmission Protocol',
  ipProtocols: [132],
  dissect({ bytes, start, end, wireEnd, around }, out) {
    around.sourcePort = out.u16('Source Port Number', start);
    around.destinationPort = out.u16('Destination Port Number', start + 2);
    out.u32('Verification Tag', start + 4, hex32);
    out.u32('Checksum', start + 8, hex32);
    out.summary = `${around.sourcePort} → ${around.destinationPort}`;
    let at = start + 12;
    for (let count = 0; at < wireEnd && count < mostChunks; count += 1) {
      if (!out.has(at, 4)) return null;
      const type = bytes[at];
      const length = u16be(bytes, at + 2);
      if (length < 4 || at + length > wireEnd) {
        out.fault(`A chunk claims ${length} bytes.`);
        return null;
      }
      const from = at;
      out.group(
        `${chunkNames[type] ?? `Chunk ${type}`} Chunk`,
        at,
        Math.min(length, end - at),
        `${length} bytes`,
        () => {
          out.field('Chunk Type', from, 1, String(type));
          out.field('Chunk Flags', from + 1, 1, hex(bytes[from + 1], 2));
          out.field('Chunk Length', from + 2, 2, String(length));
          if (type === 0 && out.has(from, 16)) {
            out.field('TSN', from + 4, 4, String(u32be(bytes, from + 4)));
            out.field('Stream Identifier', from + 8, 2, String(u16be(bytes, from + 8)));
            out.field('Stream Sequence Number', from + 10, 2, String(u16be(bytes, from + 10)));
            out.field('Payload Protocol Identifier', from + 12, 4, String(u32be(bytes, from + 12)));
            out.data('User Data', from + 16, length - 16);
          } else out.data('Chunk Value', from + 4, length - 4);
        },
      );
      at += (length + 3) & ~3;
    }
    return null;
  },
};
