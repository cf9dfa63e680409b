import { CaptureAnalysis } from '#engine/analysis/pipeline/capture-analysis';
import { type ByteSource, MemorySource } from '#engine/capture/byte-source';
import { Frame } from '#engine/capture/frame';
import { openCaptures } from '#engine/capture/merge';
import type { EsUnit } from '#engine/containers/mpeg-es/index';
import { PsDemuxer } from '#engine/containers/mpeg-ps/index';
import { TsDemuxer } from '#engine/containers/mpeg-ts/index';
import { tableIds } from '#shared/ipc/contract';
import type { DiagnosticSink } from '#shared/model/diagnostic';
import type { Decoder } from '../../workers/decoder';
import { GzipDecoder } from '../../workers/gzip-decoder';
import { nodeCipherSuite } from '../../workers/node-cipher-suite';
import { nodeContentDecoder } from '../../workers/node-content-decoder';
import { RtpdumpDecoder } from '../../workers/rtpdump-decoder';
import { ZstdDecoder } from '../../workers/zstd-decoder';
import type { Random } from './mutate';

/** Something that takes any bytes: it throws when what must hold does not. */
export interface FuzzTarget {
  readonly name: string;
  readonly run: (bytes: Uint8Array, random: Random) => void | Promise<void>;
}

/** Every record costs at least its header: a reader that yields more frames makes no progress. */
const framesPerByte = 1 / 4;
/** Things of one kind that are looked at in the analysis of an input. */
const looks = 3;
/** What comes of a compressed input is bounded by whoever takes it; here by this. */
const decodedBytes = 16 << 20;

function must(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`does not hold: ${what}`);
}

/** Counts diagnostics, and remembers them in short. */
class CountingSink implements DiagnosticSink {
  readonly codes: string[] = [];

  report(severity: string, code: string, frame: number | null, message: string): void {
    must(code !== '' && message !== '' && severity !== '', 'a diagnostic says something');
    must(frame === null || frame > 0, 'a diagnostic names a frame');
    this.codes.push(code);
    must(this.codes.length < 5_000_000, 'diagnostics are bounded');
  }
}

interface ReadResult {
  readonly frames: number;
  readonly digest: number;
  readonly codes: string;
}

/** Reads all frames; `onWaiting` makes a growing source grow. */
function readAll(parts: readonly ByteSource[], onWaiting: () => void): ReadResult | null {
  const sink = new CountingSink();
  const size = parts.reduce((sum, source) => sum + source.size, 0);
  const opened = openCaptures(
    parts.map((source, i) => ({ name: `file ${i}`, source })),
    sink,
  );
  if (!opened.ok) {
    must(opened.error.message.endsWith('.'), 'a failure is a sentence');
    return null;
  }
  const { reader, source } = opened.value;
  const frame = new Frame();
  let frames = 0;
  let digest = 0;
  let position = 0;
  let limit = Math.max(size, 64) * framesPerByte;
  for (;;) {
    if (!reader.next(frame)) {
      if (!reader.isWaiting) break;
      onWaiting();
      limit = Math.max(limit, source.size * framesPerByte);
      continue;
    }
    frames += 1;
    must(frames <= limit, 'every frame takes bytes of the file');
    must(frame.number === frames, 'frames are numbered in order');
    must(frame.start >= 0 && frame.start <= frame.end && frame.end <= frame.bytes.length, 'a frame lies in its window');
    must(frame.wireLength >= frame.end - frame.start, 'a frame is no shorter on the wire');
    must(Number.isSafeInteger(frame.timeNs) || Math.abs(frame.timeNs) > 2 ** 53, 'a time is a whole number');
    must(frame.fileOffset >= 0, 'a frame lies in the file');
    must(reader.position >= position, 'the position does not go back');
    position = reader.position;
    digest = (Math.imul(digest, 31) + frame.end - frame.start + (frame.timeNs % 1_000_003) + frame.linkType) | 0;
  }
  must(!reader.next(frame), 'the end is the end');
  return { frames, digest, codes: sink.codes.join(' ') };
}

const readers: FuzzTarget = {
  name: 'readers',
  run: (bytes) => void readAll([new MemorySource(bytes)], () => must(false, 'a whole file is not waited for')),
};

/** What comes piece by piece must give the same as what is there at once. */
const growing: FuzzTarget = {
  name: 'growing',
  run(bytes, random) {
    // As much as recognising takes is there before anything is opened.
    let size = Math.min(bytes.length, 1024);
    const whole = new MemorySource(bytes);
    const source: ByteSource = {
      get size() {
        return size;
      },
      get isGrowing() {
        return size < bytes.length;
      },
      read: (offset, target) => whole.read(offset, target.subarray(0, Math.max(0, size - offset))),
    };
    const piece = 1 + random(4000);
    const grown = readAll([source], () => (size = Math.min(bytes.length, size + piece)));
    const expected = readAll([whole], () => undefined);
    // What the records at the beginning tell (ERF, variants of pcap) is told by those that are there at first.
    const isPcapng = [0x0a, 0x0d, 0x0d, 0x0a].every((value, i) => bytes[i] === value);
    if (isPcapng) must(JSON.stringify(grown) === JSON.stringify(expected), 'a growing file is read as a whole one');
  },
};

/** Everything that can be asked of an analysis. */
const analysis: FuzzTarget = {
  name: 'analysis',
  run(bytes) {
    const primitives = { ciphers: nodeCipherSuite, contentDecoder: nodeContentDecoder };
    const opened = CaptureAnalysis.open(new MemorySource(bytes), primitives);
    if (!opened.ok) return;
    const a = opened.value;
    let slices = 0;
    while (a.ingest(() => true)) {
      slices += 1;
      must(slices <= bytes.length, 'each slice reads something');
      if (slices === 1) query(a);
    }
    a.finish();
    query(a);
    a.document();
  },
};

/** Tables of one session. */
const sessionTables = ['session-messages', 'ts-pids', 'ts-checks', 'segments'] as const;

function query(a: CaptureAnalysis): void {
  a.facts();
  a.timeline();
  for (const table of tableIds) {
    if (table === 'rtp-packets') continue;
    const page = a.tables.page({ table, offset: 0, limit: 50 });
    must(page === null || page.rows.length <= 50, 'a page is no larger than asked');
  }
  for (const call of a.callRows().slice(0, looks)) {
    const items = a.ladder(call.id)?.items ?? [];
    for (const item of items.slice(0, looks)) if (item.kind === 'message') a.message(item.id);
    a.media.indexes(call.id);
  }
  for (const stream of a.streams().slice(0, looks)) {
    a.streamDetail(stream.id);
    a.series(stream.id, 50);
    a.media.indexes(stream.id);
    a.media.videoSource(stream.id);
    a.tables.page({ table: 'rtp-packets', scope: stream.id, offset: 0, limit: 50 });
  }
  const sessions = a.tables.page({ table: 'sessions', offset: 0, limit: looks })?.rows ?? [];
  for (const { id } of sessions) {
    const scope = String(id);
    a.session(scope);
    a.ladder(scope);
    a.samples(scope);
    a.file(scope);
    for (const table of sessionTables) a.tables.page({ table, scope, offset: 0, limit: 50 });
  }
  for (const { id } of a.tables.page({ table: 'objects', offset: 0, limit: looks })?.rows ?? []) a.file(String(id));
  const exchanges = a.tables.page({ table: 'exchanges', offset: 0, limit: looks })?.rows ?? [];
  for (const { id } of exchanges) a.sessionMessage(String(id));
  const step = Math.max(1, Math.floor(a.packets / (4 * looks)));
  for (let frame = 1; frame <= a.packets; frame += step) a.frameTable.detail(frame);
  const tcp = a.tables.page({ table: 'conversations.tcp', offset: 0, limit: looks });
  const udp = a.tables.page({ table: 'conversations.udp', offset: 0, limit: looks });
  for (const { id } of [...(tcp?.rows ?? []), ...(udp?.rows ?? [])]) {
    const conversation = String(id);
    let slices = 0;
    while (a.frameTable.follow(conversation, () => false)) must((slices += 1) < 1000, 'following comes to an end');
    a.frameTable.followPage(conversation, 0, 20, 20_000);
  }
}

/** Two files as one: the input in its halves is two damaged files. */
const merged: FuzzTarget = {
  name: 'merged',
  run(bytes, random) {
    const at = random(bytes.length + 1);
    const halves = [bytes.subarray(0, at), bytes.subarray(at), bytes].map((half) => new MemorySource(half));
    readAll([halves[2], halves[random(3)]], () => must(false, 'a whole file is not waited for'));
    readAll([halves[0], halves[1]], () => must(false, 'a whole file is not waited for'));
  },
};

const decoders: FuzzTarget = {
  name: 'decoders',
  async run(bytes, random) {
    let out = 0;
    const output = (part: Uint8Array): void => {
      out += part.length;
      if (out > decodedBytes) throw new Error('too much');
    };
    const all = [new GzipDecoder(output), new ZstdDecoder(output), new RtpdumpDecoder(output)];
    for (const decoder of all) await decode(decoder, bytes, random);
  },
};

async function decode(decoder: Decoder, bytes: Uint8Array, random: Random): Promise<void> {
  const piece = 1 + random(70_000);
  try {
    for (let at = 0; at < bytes.length; at += piece) await decoder.write(bytes.subarray(at, at + piece));
    await decoder.end();
  } catch (error) {
    must(error instanceof Error && error.message !== '', 'damage is told as an error');
  } finally {
    decoder.close();
  }
}

/** Access units in short: what comes in pieces must give the same as what comes at once. */
function unitsOf(open: (sink: (unit: EsUnit) => void) => ByteStreamReader, bytes: Uint8Array, piece: number): number[] {
  const units: number[] = [];
  let taken = 0;
  const reader = open(({ start, end, isDamaged, isKey, extents }) => {
    taken += end - start;
    must(taken <= bytes.length, 'units hold no more than there was');
    units.push(end - start, Number(isDamaged), Number(isKey), extents.count);
  });
  for (let at = 0; at < bytes.length; at += piece) {
    reader.push(bytes, at, Math.min(bytes.length, at + piece), 1, 0, at);
  }
  reader.finish();
  return units;
}

interface ByteStreamReader {
  push(bytes: Uint8Array, start: number, end: number, frame: number, timeNs: number, address: number): void;
  finish(): void;
}

/** Transport and program streams. */
const mpegStreams: FuzzTarget = {
  name: 'mpeg-streams',
  run(bytes, random) {
    const piece = 1 + random(500);
    const openers = [
      (onUnit: (unit: EsUnit) => void) => new TsDemuxer({ onUnit: (_stream, unit) => onUnit(unit) }),
      (onUnit: (unit: EsUnit) => void) => new PsDemuxer({ onUnit: (_stream, unit) => onUnit(unit) }),
    ];
    for (const open of openers) {
      const whole = unitsOf(open, bytes, Math.max(1, bytes.length));
      must(String(unitsOf(open, bytes, piece)) === String(whole), 'a stream in pieces is the same stream');
    }
  },
};

export const fuzzTargets: readonly FuzzTarget[] = [readers, growing, analysis, merged, decoders, mpegStreams];
