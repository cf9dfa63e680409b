import type { ExtentReader } from '../../bytes/extent-reader';
import { u32be } from '../../bytes/integers';
import { type Box, bodyOf, boxesIn, findBox } from './boxes';
import { type Mp4TrackInfo, readTrackInfo } from './track-info';

/** Takes the samples of a file, each track's in decoding order. */
export interface Mp4Visitor {
  onTrack(track: Mp4TrackInfo): void;
  /** Times in ticks of the track; bytes `[offset, offset + size)` of the file. */
  onSample(
    track: Mp4TrackInfo,
    decodeTicks: number,
    compositionTicks: number,
    isKey: boolean,
    offset: number,
    size: number,
  ): void;
}

interface Defaults {
  readonly durationTicks: number;
  readonly size: number;
  readonly flags: number;
}

interface Track {
  readonly info: Mp4TrackInfo;
  readonly defaults: Defaults;
  /** Where the next fragment begins that does not say. */
  nextTicks: number;
}

/** Set in the flags of samples that others are needed for (section 8.8.3.1). */
const isNonSync = 0x1_0000;
/** Samples of one file that are looked at: a film of days. */
const maxSamples = 20_000_000;
/** `tfhd` and `trun` flags (sections 8.8.7 and 8.8.8). */
const tfhdBase = 1;
const tfhdDescription = 2;
const tfhdDuration = 8;
const tfhdSize = 0x10;
const tfhdFlags = 0x20;
const trunOffset = 1;
const trunFirstFlags = 4;
const trunDuration = 0x100;
const trunSize = 0x200;
const trunFlags = 0x400;
const trunComposition = 0x800;

/**
 * Visits the samples of an ISO base media file (ISO/IEC 14496-12): those of its tables, and those of its movie
 * fragments, in the order of the file. What a hole has swallowed is passed over: the fragments behind it are found
 * again by their names.
 */
export function visitMp4(reader: ExtentReader, visitor: Mp4Visitor): void {
  const tracks = new Map<number, Track>();
  let left = maxSamples;
  let at = 0;
  while (at < reader.size && left > 0) {
    let isBroken = true;
    for (const box of boxesIn(reader, at, reader.size)) {
      const known = topLevel.has(box.type);
      if (!known) break;
      if (box.type === 'moov') left -= readMovie(reader, box, tracks, visitor);
      else if (box.type === 'moof') left -= readFragment(reader, box, tracks, visitor);
      at = box.end;
      if (at >= reader.size || left <= 0) {
        isBroken = false;
        break;
      }
    }
    if (!isBroken) return;
    at = nextTopLevel(reader, at + 1);
  }
}

const topLevel: ReadonlySet<string> = new Set([
  'ftyp',
  'styp',
  'moov',
  'moof',
  'mdat',
  'sidx',
  'ssix',
  'free',
  'skip',
  'emsg',
  'prft',
  'mfra',
  'uuid',
  'pdin',
  'meta',
  'wide',
]);

/** Position of the next fragment or segment from `from` on; the end when there is none. */
function nextTopLevel(reader: ExtentReader, from: number): number {
  const step = 32 << 10;
  for (let at = from; at < reader.size; at += step) {
    const bytes = reader.read(at, step + 8);
    for (let i = 0; i + 8 <= bytes.length; i += 1) {
      if (bytes[i + 4] !== 0x6d && bytes[i + 4] !== 0x73) continue;
      const type = String.fromCharCode(bytes[i + 4], bytes[i + 5], bytes[i + 6], bytes[i + 7]);
      const size = u32be(bytes, i);
      if ((type === 'moof' || type === 'styp') && size >= 8 && size < maxMovieFragment) return at + i;
    }
  }
  return reader.size;
}

/** A `moof` has no media: a larger one is none. */
const maxMovieFragment = 16 << 20;

function readMovie(reader: ExtentReader, moov: Box, tracks: Map<number, Track>, visitor: Mp4Visitor): number {
  const header = findBox(reader, moov, 'mvhd');
  const mvhd = header ? bodyOf(reader, header) : null;
  const timescale = mvhd && mvhd.length >= 24 ? u32be(mvhd, mvhd[0] === 1 ? 20 : 12) : 0;
  const defaults = trackDefaults(reader, moov);
  let visited = 0;
  for (const trak of boxesIn(reader, moov.bodyStart, moov.end)) {
    if (trak.type !== 'trak') continue;
    const info = readTrackInfo(reader, trak, timescale);
    if (!info) continue;
    visitor.onTrack(info);
    const own: Track = { info, defaults: defaults.get(info.id) ?? noDefaults, nextTicks: 0 };
    tracks.set(info.id, own);
    visited += readTables(reader, trak, own, visitor);
  }
  return visited;
}

const noDefaults: Defaults = { durationTicks: 0, size: 0, flags: 0 };

/** `trex` (section 8.8.3). */
function trackDefaults(reader: ExtentReader, moov: Box): Map<number, Defaults> {
  const found = new Map<number, Defaults>();
  const extends_ = findBox(reader, moov, 'mvex');
  if (!extends_) return found;
  for (const box of boxesIn(reader, extends_.bodyStart, extends_.end)) {
    const body = box.type === 'trex' ? bodyOf(reader, box) : null;
    if (!body || body.length < 24) continue;
    found.set(u32be(body, 4), { durationTicks: u32be(body, 12), size: u32be(body, 16), flags: u32be(body, 20) });
  }
  return found;
}

/** Samples of the tables of `stbl` (section 8.5 to 8.7). Tables that contradict each other end the track. */
function readTables(reader: ExtentReader, trak: Box, track: Track, visitor: Mp4Visitor): number {
  const tables = findBox(reader, trak, 'mdia/minf/stbl');
  const read = (name: string): Uint8Array | null => {
    const box = tables && findBox(reader, tables, name);
    return box ? bodyOf(reader, box) : null;
  };
  const sizes = read('stsz');
  const chunks = read('stsc');
  const long = read('co64');
  const offsets = long ?? read('stco');
  const durations = read('stts');
  if (!sizes || !chunks || !offsets || !durations) return 0;
  if (sizes.length < 12 || chunks.length < 8 || offsets.length < 8 || durations.length < 8) return 0;
  const fixedSize = u32be(sizes, 4);
  const count = Math.min(maxSamples, u32be(sizes, 8), fixedSize > 0 ? maxSamples : (sizes.length - 12) >>> 2);
  const time = new RunReader(durations, 1);
  const compositions = read('ctts');
  const composition = compositions && compositions.length >= 8 ? new RunReader(compositions, 0) : null;
  const keys = keySet(read('stss'));
  const width = long ? 8 : 4;
  const chunkCount = Math.min(u32be(offsets, 4), Math.floor((offsets.length - 8) / width));
  const chunkRuns = Math.min(u32be(chunks, 4), Math.floor((chunks.length - 8) / 12));
  let sample = 0;
  let run = 0;
  let ticks = 0;
  for (let chunk = 0; chunk < chunkCount && sample < count; chunk += 1) {
    while (run + 1 < chunkRuns && u32be(chunks, 8 + 12 * (run + 1)) <= chunk + 1) run += 1;
    const perChunk = chunkRuns === 0 ? 0 : u32be(chunks, 8 + 12 * run + 4);
    const place = 8 + width * chunk;
    let offset = long ? u32be(offsets, place) * 2 ** 32 + u32be(offsets, place + 4) : u32be(offsets, place);
    for (let i = 0; i < perChunk && sample < count; i += 1) {
      const size = fixedSize > 0 ? fixedSize : u32be(sizes, 12 + 4 * sample);
      const shift = composition ? composition.next() | 0 : 0;
      visitor.onSample(track.info, ticks, ticks + shift, keys === null || keys.has(sample + 1), offset, size);
      ticks += time.next();
      offset += size;
      sample += 1;
    }
  }
  track.nextTicks = ticks;
  return sample;
}

/** Numbers of the samples that a file can be entered at; null when all of them are. */
function keySet(body: Uint8Array | null): ReadonlySet<number> | null {
  if (!body || body.length < 8) return null;
  const count = Math.min(u32be(body, 4), (body.length - 8) >>> 2);
  return new Set(Array.from({ length: count }, (_, i) => u32be(body, 8 + 4 * i)));
}

/** Values of a table of runs (`stts`, `ctts`), one after the other; the last one goes on. */
class RunReader {
  private run = 0;
  private used = 0;
  private readonly runs: number;

  constructor(
    private readonly body: Uint8Array,
    private readonly otherwise: number,
  ) {
    this.runs = Math.min(u32be(body, 4), Math.floor((body.length - 8) / 8));
  }

  next(): number {
    const { body } = this;
    while (this.run < this.runs && this.used >= u32be(body, 8 + 8 * this.run)) {
      this.run += 1;
      this.used = 0;
    }
    if (this.run >= this.runs) return this.otherwise;
    this.used += 1;
    return u32be(body, 12 + 8 * this.run);
  }
}

function readFragment(reader: ExtentReader, moof: Box, tracks: Map<number, Track>, visitor: Mp4Visitor): number {
  let visited = 0;
  for (const traf of boxesIn(reader, moof.bodyStart, moof.end)) {
    if (traf.type === 'traf') visited += readTrackFragment(reader, moof, traf, tracks, visitor);
  }
  return visited;
}

function readTrackFragment(
  reader: ExtentReader,
  moof: Box,
  traf: Box,
  tracks: Map<number, Track>,
  visitor: Mp4Visitor,
): number {
  const header = findBox(reader, traf, 'tfhd');
  const tfhd = header ? bodyOf(reader, header) : null;
  if (!tfhd || tfhd.length < 8) return 0;
  const track = tracks.get(u32be(tfhd, 4));
  if (!track) return 0;
  const flags = u32be(tfhd, 0) & 0xff_ffff;
  let at = 8;
  const take = (mask: number, bytes: number): number => {
    if ((flags & mask) === 0 || at + bytes > tfhd.length) return -1;
    const value = bytes === 8 ? u32be(tfhd, at) * 2 ** 32 + u32be(tfhd, at + 4) : u32be(tfhd, at);
    at += bytes;
    return value;
  };
  // An absolute base counts in a file that is seldom the one at hand: fragments of a stream count from themselves.
  const base = take(tfhdBase, 8);
  take(tfhdDescription, 4);
  const own = { duration: take(tfhdDuration, 4), size: take(tfhdSize, 4), flags: take(tfhdFlags, 4) };
  const defaults: Defaults = {
    durationTicks: own.duration >= 0 ? own.duration : track.defaults.durationTicks,
    size: own.size >= 0 ? own.size : track.defaults.size,
    flags: own.flags >= 0 ? own.flags : track.defaults.flags,
  };
  const time = findBox(reader, traf, 'tfdt');
  const tfdt = time ? bodyOf(reader, time) : null;
  if (tfdt && tfdt.length >= 8) {
    track.nextTicks = tfdt[0] === 1 && tfdt.length >= 12 ? u32be(tfdt, 4) * 2 ** 32 + u32be(tfdt, 8) : u32be(tfdt, 4);
  }
  let offset = base >= 0 && base <= moof.start ? base : moof.start;
  let visited = 0;
  for (const trun of boxesIn(reader, traf.bodyStart, traf.end)) {
    if (trun.type !== 'trun') continue;
    const run = readRun(bodyOf(reader, trun), moof.start, offset, track, defaults, visitor);
    offset = run.end;
    visited += run.samples;
  }
  return visited;
}

function readRun(
  body: Uint8Array,
  moofStart: number,
  behind: number,
  track: Track,
  defaults: Defaults,
  visitor: Mp4Visitor,
): { readonly end: number; readonly samples: number } {
  if (body.length < 8) return { end: behind, samples: 0 };
  const flags = u32be(body, 0) & 0xff_ffff;
  const has = (mask: number): boolean => (flags & mask) !== 0;
  let at = 8;
  let offset = behind;
  if (has(trunOffset) && at + 4 <= body.length) {
    offset = moofStart + (u32be(body, at) | 0);
    at += 4;
  }
  let firstFlags = -1;
  if (has(trunFirstFlags) && at + 4 <= body.length) {
    firstFlags = u32be(body, at);
    at += 4;
  }
  const step = [trunDuration, trunSize, trunFlags, trunComposition].filter(has).length * 4;
  const count =
    step === 0 ? Math.min(u32be(body, 4), 100_000) : Math.min(u32be(body, 4), Math.floor((body.length - at) / step));
  const next = (mask: number, otherwise: number): number => {
    if (!has(mask)) return otherwise;
    at += 4;
    return u32be(body, at - 4);
  };
  for (let i = 0; i < count; i += 1) {
    const duration = next(trunDuration, defaults.durationTicks);
    const size = next(trunSize, defaults.size);
    const own = next(trunFlags, defaults.flags);
    const shift = next(trunComposition, 0) | 0;
    const sampleFlags = i === 0 && firstFlags >= 0 ? firstFlags : own;
    const ticks = track.nextTicks;
    if (offset >= 0) {
      visitor.onSample(track.info, ticks, ticks + shift, (sampleFlags & isNonSync) === 0, offset, size);
    }
    track.nextTicks = ticks + duration;
    offset += size;
  }
  return { end: offset, samples: count };
}
