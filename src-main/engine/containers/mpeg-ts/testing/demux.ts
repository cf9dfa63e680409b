import { TsDemuxer } from '../ts-demuxer';
import type { TsStream } from '../ts-stream';

/** A unit with what was lent of it copied. */
export interface CollectedUnit {
  readonly pid: number;
  readonly pts: number;
  readonly dts: number;
  readonly duration: number;
  readonly isKey: boolean;
  readonly isDamaged: boolean;
  readonly missing: number;
  readonly frame: number;
  readonly bytes: Uint8Array;
  /** Address and length of each piece. */
  readonly pieces: readonly (readonly [number, number])[];
}

/** A demultiplexer that keeps all units. */
export function collector(): { readonly demuxer: TsDemuxer; readonly units: CollectedUnit[] } {
  const units: CollectedUnit[] = [];
  const demuxer = new TsDemuxer({
    onUnit({ info }: TsStream, unit) {
      const { address, length, count } = unit.extents;
      units.push({
        pid: info.pid,
        pts: unit.pts,
        dts: unit.dts,
        duration: unit.duration,
        isKey: unit.isKey,
        isDamaged: unit.isDamaged,
        missing: unit.missing,
        frame: unit.frame,
        bytes: unit.bytes.slice(unit.start, unit.end),
        pieces: Array.from({ length: count }, (_, i) => [address[i], length[i]] as const),
      });
    },
  });
  return { demuxer, units };
}

/** All units of a transport stream given at once; addresses are offsets into it. */
export function demux(bytes: Uint8Array): { readonly demuxer: TsDemuxer; readonly units: CollectedUnit[] } {
  const { demuxer, units } = collector();
  demuxer.push(bytes, 0, bytes.length, 1, 0, 0);
  demuxer.finish();
  return { demuxer, units };
}

export function unitsOf(units: readonly CollectedUnit[], pid: number): CollectedUnit[] {
  return units.filter((unit) => unit.pid === pid);
}
