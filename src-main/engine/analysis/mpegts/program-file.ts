import { Extents } from '../../bytes/extents';
import { crc32Mpeg, packetBytes, TsPacketSync, type TsPacketOrigin, type TsStride } from '../../containers/mpeg-ts';
import type { PieceSink } from './piece-log';

/** Keeps bytes that lie nowhere in the capture, and answers their address. */
export type KeepBytes = (bytes: Uint8Array, start: number, end: number) => number;

export interface WantedProgram {
  readonly number: number;
  readonly pmtPid: number;
  readonly transportStreamId: number;
  /** Of its streams and its clock. */
  readonly pids: ReadonlySet<number>;
}

const counters = 16;

/**
 * Where the packets of one program lie: its map, its streams and its clock as they were sent, and in the place of each
 * PAT one that names this program alone.
 */
export function programExtents(
  replay: (sink: PieceSink) => void,
  stride: TsStride | undefined,
  { number, pmtPid, transportStreamId, pids }: WantedProgram,
  keep: KeepBytes,
): Extents {
  const extents = new Extents();
  const tables: number[] = [];
  let counter = 0;
  const addTable = (): void => {
    if (tables.length === 0) {
      for (let i = 0; i < counters; i += 1) {
        tables.push(keep(patPacket(transportStreamId, number, pmtPid, i), 0, packetBytes));
      }
    }
    extents.push(tables[counter % counters], packetBytes);
    counter += 1;
  };
  const sync = new TsPacketSync({
    onPacket(bytes, at, { pieces, pieceAddress, pieceLength }: TsPacketOrigin) {
      const pid = ((bytes[at + 1] & 0x1f) << 8) | bytes[at + 2];
      if (pid === 0) {
        if (bytes[at + 1] & 0x40) addTable();
        return;
      }
      if (pid !== pmtPid && !pids.has(pid)) return;
      for (let i = 0; i < pieces; i += 1) extents.push(pieceAddress[i], pieceLength[i]);
    },
    onSyncByteError: () => undefined,
    onSyncLoss: () => undefined,
  });
  if (stride) sync.lock(stride);
  replay({
    push: (bytes, start, end, frame, timeNs, address) => sync.push(bytes, start, end, frame, timeNs, address),
    gap: (length) => sync.gap(length),
  });
  sync.finish();
  return extents;
}

/** A packet with a program association section of one program (ISO/IEC 13818-1, 2.4.4.3). */
function patPacket(transportStreamId: number, program: number, pmtPid: number, counter: number): Uint8Array {
  const packet = new Uint8Array(packetBytes).fill(0xff);
  const section = [0x00, 0xb0, 13, transportStreamId >> 8, transportStreamId & 0xff, 0xc1, 0, 0];
  section.push(program >> 8, program & 0xff, 0xe0 | (pmtPid >> 8), pmtPid & 0xff);
  packet.set([0x47, 0x40, 0, 0x10 | counter, 0, ...section]);
  const start = 5;
  const end = start + section.length;
  const crc = crc32Mpeg(packet, start, end);
  packet.set([crc >>> 24, (crc >>> 16) & 0xff, (crc >>> 8) & 0xff, crc & 0xff], end);
  return packet;
}
