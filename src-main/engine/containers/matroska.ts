/** Identifiers of elements (RFC 9559, section 5). */
const Id = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  info: 0x1549a966,
  tracks: 0x1654ae6b,
  cluster: 0x1f43b675,
  cues: 0x1c53bb6b,
} as const;

/** Video is track 1, sound track 2. */
export interface MatroskaVideo {
  /** `V_MPEG2`, or `V_MS/VFW/FOURCC` with a BITMAPINFOHEADER as private data. */
  readonly codecId: string;
  readonly codecPrivate: Uint8Array | null;
  readonly width: number;
  readonly height: number;
}

export interface MatroskaAudio {
  readonly codecId: string;
  readonly codecPrivate: Uint8Array | null;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Of PCM. */
  readonly bitDepth?: number;
}

export interface MatroskaBlock {
  readonly track: 1 | 2;
  readonly timeSeconds: number;
  readonly isKey: boolean;
  readonly data: Uint8Array;
}

/** Bytes to be written over those at an offset, once all is written. */
export interface MatroskaPatch {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A cluster is this long at most: block times are 16 bits in it. */
const maxClusterSeconds = 5;
const maxClusterBytes = 4 << 20;

/**
 * Writes Matroska (RFC 9559) for formats that no library writes. Pieces are to be written one after the other; a file
 * gets the patches of `finish` as well, a pipe does without. Times are exact to `timestampScaleNs`.
 */
export class MatroskaWriter {
  private position = 0;
  private segmentStart = 0;
  private seekStart = 0;
  private blocks: Uint8Array[] = [];
  private blockBytes = 0;
  private clusterTicks = 0;
  private readonly cues: Uint8Array[] = [];

  constructor(
    private readonly video: MatroskaVideo | null,
    private readonly audio: MatroskaAudio | null,
    private readonly timestampScaleNs: number,
    private readonly durationSeconds: number,
  ) {}

  header(): Uint8Array {
    const ebml = master(Id.ebml, [
      unsigned(0x4286, 1),
      unsigned(0x42f7, 1),
      unsigned(0x42f2, 4),
      unsigned(0x42f3, 8),
      text(0x4282, 'matroska'),
      unsigned(0x4287, 4),
      unsigned(0x4285, 2),
    ]);
    // Size unknown until the file is complete (RFC 8794, section 6.2).
    const segment = join([idBytes(Id.segment), Uint8Array.of(0x01, 255, 255, 255, 255, 255, 255, 255)]);
    this.segmentStart = ebml.length + segment.length;
    this.seekStart = this.segmentStart;
    const parts = [ebml, segment, this.seekHead(0), this.info(), this.tracks()];
    return this.advance(join(parts));
  }

  /** Bytes of the cluster that the block has closed; empty while it goes on. Times are never negative. */
  block({ track, timeSeconds, isKey, data }: MatroskaBlock): Uint8Array {
    const ticks = Math.max(0, Math.round((timeSeconds * 1e9) / this.timestampScaleNs));
    const relative = ticks - this.clusterTicks;
    const span = Math.min(0x7fff, (maxClusterSeconds * 1e9) / this.timestampScaleNs);
    const isOver =
      this.blocks.length > 0 &&
      (relative > span || relative < -0x8000 || this.blockBytes > maxClusterBytes || (isKey && track === 1));
    const closed = isOver ? this.closeCluster() : new Uint8Array(0);
    if (this.blocks.length === 0) {
      this.clusterTicks = ticks;
      if (track === 1 && isKey) this.addCue(ticks);
    }
    const at = ticks - this.clusterTicks;
    const head = Uint8Array.of(0x80 | track, (at >> 8) & 0xff, at & 0xff, isKey ? 0x80 : 0);
    const block = element(0xa3, join([head, data]));
    this.blocks.push(block);
    this.blockBytes += block.length;
    return closed;
  }

  /** The last pieces, and what is to be patched in a file. */
  finish(): { readonly bytes: Uint8Array; readonly patches: readonly MatroskaPatch[] } {
    const cluster = this.blocks.length > 0 ? this.closeCluster() : new Uint8Array(0);
    const cuesAt = this.position - this.segmentStart;
    const cues = this.cues.length > 0 ? this.advance(master(Id.cues, this.cues)) : new Uint8Array(0);
    const size = new Uint8Array(8);
    new DataView(size.buffer).setBigUint64(0, BigInt(this.position - this.segmentStart));
    size[0] = 0x01;
    return {
      bytes: join([cluster, cues]),
      patches: [
        { offset: this.segmentStart - 8, bytes: size },
        { offset: this.seekStart, bytes: this.seekHead(cues.length > 0 ? cuesAt : 0) },
      ],
    };
  }

  private closeCluster(): Uint8Array {
    const cluster = master(Id.cluster, [unsigned(0xe7, this.clusterTicks), ...this.blocks]);
    this.blocks = [];
    this.blockBytes = 0;
    return this.advance(cluster);
  }

  private addCue(ticks: number): void {
    const positions = master(0xb7, [unsigned(0xf7, 1), unsigned(0xf1, this.position - this.segmentStart)]);
    this.cues.push(master(0xbb, [unsigned(0xb3, ticks), positions]));
  }

  /** Says where the cues are, or keeps room for it. */
  private seekHead(cuesAt: number): Uint8Array {
    const position = new Uint8Array(8);
    new DataView(position.buffer).setBigUint64(0, BigInt(cuesAt));
    const seek = master(0x4dbb, [element(0x53ab, idBytes(Id.cues)), element(0x53ac, position)]);
    const head = master(Id.seekHead, [seek]);
    return cuesAt > 0 ? head : element(0xec, new Uint8Array(head.length - 2));
  }

  private info(): Uint8Array {
    const duration = new Uint8Array(8);
    new DataView(duration.buffer).setFloat64(0, (this.durationSeconds * 1e9) / this.timestampScaleNs);
    return master(Id.info, [
      unsigned(0x2ad7b1, this.timestampScaleNs),
      element(0x4489, duration),
      text(0x4d80, 'Tapdeck'),
      text(0x5741, 'Tapdeck'),
    ]);
  }

  private tracks(): Uint8Array {
    const { video, audio } = this;
    const entries: Uint8Array[] = [];
    if (video) {
      entries.push(
        master(0xae, [
          ...[unsigned(0xd7, 1), unsigned(0x73c5, 1), unsigned(0x83, 1), unsigned(0x9c, 0), text(0x86, video.codecId)],
          ...(video.codecPrivate ? [element(0x63a2, video.codecPrivate)] : []),
          master(0xe0, [unsigned(0xb0, video.width), unsigned(0xba, video.height)]),
        ]),
      );
    }
    if (audio) {
      const rate = new Uint8Array(8);
      new DataView(rate.buffer).setFloat64(0, audio.sampleRateHz);
      entries.push(
        master(0xae, [
          ...[unsigned(0xd7, 2), unsigned(0x73c5, 2), unsigned(0x83, 2), unsigned(0x9c, 0), text(0x86, audio.codecId)],
          ...(audio.codecPrivate ? [element(0x63a2, audio.codecPrivate)] : []),
          master(0xe1, [
            ...[element(0xb5, rate), unsigned(0x9f, audio.channels)],
            ...(audio.bitDepth ? [unsigned(0x6264, audio.bitDepth)] : []),
          ]),
        ]),
      );
    }
    return master(Id.tracks, entries);
  }

  private advance(bytes: Uint8Array): Uint8Array {
    this.position += bytes.length;
    return bytes;
  }
}

/** A WAVEFORMATEX for formats of sound that Matroska has no name of its own for. */
export function waveFormat(tag: number, sampleRateHz: number, channels: number, bitsPerSample: number): Uint8Array {
  const bytes = new Uint8Array(18);
  const view = new DataView(bytes.buffer);
  const blockBytes = (channels * bitsPerSample) / 8;
  view.setUint16(0, tag, true);
  view.setUint16(2, channels, true);
  view.setUint32(4, sampleRateHz, true);
  view.setUint32(8, sampleRateHz * blockBytes, true);
  view.setUint16(12, blockBytes, true);
  view.setUint16(14, bitsPerSample, true);
  return bytes;
}

/** A BITMAPINFOHEADER for formats that Matroska has no name of its own for. */
export function bitmapInfoHeader(fourCc: string, width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(40);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 40, true);
  view.setInt32(4, width, true);
  view.setInt32(8, height, true);
  view.setUint16(12, 1, true);
  view.setUint16(14, 24, true);
  for (let i = 0; i < 4; i += 1) bytes[16 + i] = fourCc.charCodeAt(i);
  return bytes;
}

function idBytes(id: number): Uint8Array {
  const length = id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1;
  return Uint8Array.from({ length }, (_, i) => (id >>> (8 * (length - 1 - i))) & 0xff);
}

/** Sizes of four bytes: no element is as long as 256 MiB. A void one has a size of one byte. */
function element(id: number, data: Uint8Array): Uint8Array {
  const { length } = data;
  if (id === 0xec) return join([idBytes(id), Uint8Array.of(0x80 | length), data]);
  const size = Uint8Array.of(0x10 | (length >>> 24), (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff);
  return join([idBytes(id), size, data]);
}

function master(id: number, children: readonly Uint8Array[]): Uint8Array {
  return element(id, join(children));
}

function unsigned(id: number, value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.unshift(rest % 256);
    rest = Math.floor(rest / 256);
  } while (rest > 0);
  return element(id, Uint8Array.from(bytes));
}

function text(id: number, value: string): Uint8Array {
  return element(
    id,
    Uint8Array.from(value, (character) => character.charCodeAt(0)),
  );
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
