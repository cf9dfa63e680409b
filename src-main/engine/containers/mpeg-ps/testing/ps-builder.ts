import { crc32Mpeg } from '../../mpeg-ts/crc32-mpeg';
import { concatenate, pes, type PesOptions } from '../../mpeg-ts/testing/ts-builder';

/** A pack header of MPEG-2 (ISO/IEC 13818-1, 2.5.3.3); `ticks` of 90 kHz. */
export function packHeader(ticks: number, stuffing = 0): Uint8Array {
  const base = (shift: number, mask: number): number => Math.floor(ticks / 2 ** shift) & mask;
  return Uint8Array.from([
    ...[0, 0, 1, 0xba],
    0x44 | (base(30, 7) << 3) | base(28, 3),
    base(20, 0xff),
    (base(15, 0x1f) << 3) | 4 | base(13, 3),
    base(5, 0xff),
    (base(0, 0x1f) << 3) | 4,
    ...[1, 0, 0x0f, 0xff],
    0xf8 | stuffing,
    ...new Array<number>(stuffing).fill(0xff),
  ]);
}

export function systemHeader(): Uint8Array {
  return Uint8Array.from([0, 0, 1, 0xbb, 0, 6, 0x80, 0x1e, 0xff, 0xfe, 0xe0, 0xe1]);
}

export function programStreamMap(streams: readonly (readonly [type: number, streamId: number])[]): Uint8Array {
  const entries = streams.flatMap(([type, id]) => [type, id, 0, 0]);
  const body = [0xe1, 0xff, 0, 0, entries.length >> 8, entries.length & 0xff, ...entries];
  const bytes = Uint8Array.from([0, 0, 1, 0xbc, 0, body.length + 4, ...body, 0, 0, 0, 0]);
  const crc = crc32Mpeg(bytes, 0, bytes.length - 4);
  bytes.set([crc >>> 24, (crc >>> 16) & 0xff, (crc >>> 8) & 0xff, crc & 0xff], bytes.length - 4);
  return bytes;
}

/** A unit in as many PES packets as it takes; the first has the times. */
export function pesPackets(unit: Uint8Array, options: PesOptions, most = 5000): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < unit.length; at += most) {
    parts.push(pes(unit.subarray(at, at + most), at === 0 ? options : { streamId: options.streamId ?? 0xe0 }));
  }
  return concatenate(parts);
}
