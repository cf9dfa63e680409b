import { u32be } from '../bytes/integers';

/** A sample of a fragment, in decoding order; nothing is reordered. */
export interface FragmentSample {
  /** Ticks until the next sample. */
  duration: number;
  readonly bytes: number;
  /** `sample_flags` of ISO/IEC 14496-12, 8.8.3.1. */
  readonly flags: number;
}

/** One `moof` and its `mdat`, of one track. */
export interface Mp4Fragment {
  /** Decoding time of the first sample on the axis of the track. */
  readonly startTicks: number;
  readonly samples: readonly FragmentSample[];
  /** The samples, one after the other. */
  readonly data: Uint8Array;
}

/** What stands before the fragments. */
export interface Mp4Opening {
  /** `ftyp` and `moov`. */
  readonly bytes: Uint8Array;
  readonly ticksPerSecond: number;
}

/** A box that says it is larger belongs to something else than a fragment of a few seconds. */
const maxBoxBytes = 1 << 30;

const Tfhd = { baseDataOffset: 1, sampleDescription: 2, duration: 8, size: 16, flags: 32 } as const;
const Trun = { dataOffset: 1, firstFlags: 4, duration: 0x100, size: 0x200, flags: 0x400, composition: 0x800 } as const;

/**
 * Takes a fragmented MP4 of one track (ISO/IEC 14496-12, 8.8) apart as it is written: bytes may come in any pieces.
 * Throws where it is no such file.
 */
export class FragmentReader {
  opening: Mp4Opening | null = null;
  private chunks: Uint8Array[] = [];
  private held = 0;
  /** Bytes that must be there before there is anything to do. */
  private wanted = 8;
  private readonly head: Uint8Array[] = [];
  private movieFragment: Uint8Array | null = null;

  /** Takes the next bytes; returns the fragments that they complete. */
  push(bytes: Uint8Array): Mp4Fragment[] {
    this.chunks.push(bytes);
    this.held += bytes.length;
    const fragments: Mp4Fragment[] = [];
    while (this.held >= this.wanted) {
      const all = join(this.chunks);
      const size = u32be(all, 0);
      if (size < 8 || size > maxBoxBytes) throw new Error('not a fragmented MP4');
      const isWhole = all.length >= size;
      const fragment = isWhole ? this.box(all.subarray(0, size)) : null;
      if (fragment) fragments.push(fragment);
      this.chunks = [isWhole ? all.subarray(size) : all];
      this.held = this.chunks[0].length;
      this.wanted = isWhole ? 8 : size;
    }
    return fragments;
  }

  private box(bytes: Uint8Array): Mp4Fragment | null {
    switch (typeOf(bytes, 0)) {
      case 'ftyp':
        this.head.push(bytes);
        return null;
      case 'moov': {
        const mdhd = find(bytes, ['trak', 'mdia', 'mdhd']);
        if (!mdhd || mdhd.length < 24) throw new Error('an MP4 without a track');
        const ticksPerSecond = u32be(mdhd, mdhd[8] === 1 ? 28 : 20);
        this.opening = { bytes: join([...this.head, bytes]), ticksPerSecond };
        return null;
      }
      case 'moof':
        this.movieFragment = bytes;
        return null;
      case 'mdat': {
        const { movieFragment } = this;
        this.movieFragment = null;
        return movieFragment && fragmentOf(movieFragment, bytes.subarray(8));
      }
      default:
        return null;
    }
  }
}

/** Writes a fragment whose samples have all their durations and sizes of their own. */
export function writeFragment({ startTicks, samples, data }: Mp4Fragment, sequence: number): Uint8Array {
  const rowBytes = 12;
  const trunBytes = 20 + rowBytes * samples.length;
  const trafBytes = 8 + 16 + 20 + trunBytes;
  const moofBytes = 8 + 16 + trafBytes;
  const out = new Uint8Array(moofBytes + 8 + data.length);
  const view = new DataView(out.buffer);
  let at = 0;
  const box = (size: number, type: string, ...words: number[]): void => {
    view.setUint32(at, size);
    for (let i = 0; i < 4; i += 1) out[at + 4 + i] = type.charCodeAt(i);
    at += 8;
    for (const word of words) {
      view.setUint32(at, word);
      at += 4;
    }
  };
  box(moofBytes, 'moof');
  box(16, 'mfhd', 0, sequence);
  box(trafBytes, 'traf');
  // default-base-is-moof: offsets count from the first byte of this box.
  box(16, 'tfhd', 0x020000, 1);
  box(20, 'tfdt', 0x01000000, Math.floor(startTicks / 2 ** 32), startTicks % 2 ** 32);
  box(trunBytes, 'trun', Trun.dataOffset | Trun.duration | Trun.size | Trun.flags, samples.length, moofBytes + 8);
  for (const { duration, bytes, flags } of samples) {
    for (const word of [duration, bytes, flags]) {
      view.setUint32(at, word);
      at += 4;
    }
  }
  box(8 + data.length, 'mdat');
  out.set(data, at);
  return out;
}

function fragmentOf(moof: Uint8Array, data: Uint8Array): Mp4Fragment {
  const traf = find(moof, ['traf']);
  const header = traf && find(traf, ['tfhd']);
  const time = traf && find(traf, ['tfdt']);
  const run = traf && find(traf, ['trun']);
  if (!header || !time || !run || run.length < 16) throw new Error('a fragment without its tables');
  const defaults = defaultsOf(header);
  const runFlags = u32be(run, 8) & 0xffffff;
  const count = u32be(run, 12);
  let at = 16 + (runFlags & Trun.dataOffset ? 4 : 0);
  const firstFlags = runFlags & Trun.firstFlags ? u32be(run, at) : null;
  if (firstFlags !== null) at += 4;
  const samples: FragmentSample[] = [];
  let bytes = 0;
  for (let i = 0; i < count && at <= run.length && bytes <= data.length; i += 1) {
    const next = (flag: number, otherwise: number): number => {
      if (!(runFlags & flag)) return otherwise;
      at += 4;
      return u32be(run, at - 4);
    };
    const duration = next(Trun.duration, defaults.duration);
    const size = next(Trun.size, defaults.size);
    const flags = next(Trun.flags, i === 0 && firstFlags !== null ? firstFlags : defaults.flags);
    if (next(Trun.composition, 0) !== 0) throw new Error('a fragment whose samples are reordered');
    samples.push({ duration, bytes: size, flags });
    bytes += size;
  }
  if (bytes > data.length) throw new Error('a fragment that lacks samples');
  const startTicks = time[8] === 1 ? u32be(time, 12) * 2 ** 32 + u32be(time, 16) : u32be(time, 12);
  return { startTicks, samples, data: data.subarray(0, bytes) };
}

function defaultsOf(header: Uint8Array): { readonly duration: number; readonly size: number; readonly flags: number } {
  const present = u32be(header, 8) & 0xffffff;
  let at = 16 + (present & Tfhd.baseDataOffset ? 8 : 0) + (present & Tfhd.sampleDescription ? 4 : 0);
  const next = (flag: number): number => {
    if (!(present & flag)) return 0;
    at += 4;
    return u32be(header, at - 4);
  };
  return { duration: next(Tfhd.duration), size: next(Tfhd.size), flags: next(Tfhd.flags) };
}

/** The first box at a path inside a box, header included; null when it is not there. */
function find(box: Uint8Array, [type, ...rest]: readonly string[]): Uint8Array | null {
  for (let at = 8; at + 8 <= box.length; ) {
    const size = u32be(box, at);
    if (size < 8 || at + size > box.length) return null;
    if (typeOf(box, at) === type) {
      const found = box.subarray(at, at + size);
      return rest.length === 0 ? found : find(found, rest);
    }
    at += size;
  }
  return null;
}

function typeOf(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at + 4, at + 8));
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0];
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
