import { latin1Text } from '../../bytes/text';
import type { EsCodec } from '../mpeg-es';

export type TsStreamKind = 'video' | 'audio' | 'subtitle' | 'data';

/** What a program map says of an elementary stream. */
export interface TsStreamInfo {
  readonly pid: number;
  readonly streamType: number;
  readonly kind: TsStreamKind;
  /** Of streams that are taken apart. */
  readonly codec: EsCodec | null;
  /** As people say it: `H.264`, `DVB subtitles`, `SCTE-35 splice information`. */
  readonly name: string;
  /** ISO 639-2 codes, joined by commas; null when unsaid. */
  readonly language: string | null;
  /** OpusHead that the descriptor stands for (RFC 7845, section 5.1). */
  readonly config: Uint8Array | null;
  /** The PID carries sections, not PES packets. */
  readonly isSections: boolean;
}

type TypeEntry = readonly [kind: TsStreamKind, codec: EsCodec | null, name: string, isSections?: boolean];

/** ISO/IEC 13818-1, table 2-34, and the private assignments of ATSC, SCTE and Blu-ray. */
const streamTypes: Readonly<Record<number, TypeEntry>> = {
  0x01: ['video', 'MPV', 'MPEG-1 video'],
  0x02: ['video', 'MPV', 'MPEG-2 video'],
  0x03: ['audio', 'MPA', 'MPEG-1 audio'],
  0x04: ['audio', 'MPA', 'MPEG-2 audio'],
  0x05: ['data', null, 'private sections', true],
  0x06: ['data', null, 'private data'],
  0x07: ['data', null, 'MHEG'],
  0x08: ['data', null, 'DSM-CC'],
  0x0a: ['data', null, 'DSM-CC multiprotocol encapsulation', true],
  0x0b: ['data', null, 'DSM-CC user-to-network messages', true],
  0x0c: ['data', null, 'DSM-CC stream descriptors', true],
  0x0d: ['data', null, 'DSM-CC sections', true],
  0x0e: ['data', null, 'auxiliary data'],
  0x0f: ['audio', 'AAC', 'AAC (ADTS)'],
  0x10: ['video', 'MP4V-ES', 'MPEG-4 Visual'],
  0x11: ['audio', 'AAC-LATM', 'AAC (LATM)'],
  0x12: ['data', null, 'MPEG-4 systems in PES'],
  0x13: ['data', null, 'MPEG-4 systems in sections', true],
  0x15: ['data', null, 'timed metadata'],
  0x16: ['data', null, 'metadata sections', true],
  0x1b: ['video', 'H264', 'H.264'],
  0x1c: ['audio', null, 'MPEG-4 audio without headers'],
  0x1e: ['video', null, 'auxiliary video'],
  0x1f: ['video', null, 'H.264 scalable layer'],
  0x20: ['video', null, 'H.264 multiview layer'],
  0x21: ['video', null, 'JPEG 2000'],
  0x24: ['video', 'H265', 'H.265'],
  0x25: ['video', null, 'H.265 temporal layer'],
  0x33: ['video', null, 'H.266'],
  0x42: ['video', null, 'AVS'],
  0x80: ['audio', null, 'private audio or video (0x80)'],
  0x81: ['audio', 'AC3', 'AC-3'],
  0x82: ['audio', null, 'DTS or SCTE subtitles'],
  0x83: ['audio', null, 'TrueHD'],
  0x84: ['audio', 'EAC3', 'E-AC-3'],
  0x85: ['audio', null, 'DTS-HD'],
  0x86: ['data', null, 'SCTE-35 splice information', true],
  0x87: ['audio', 'EAC3', 'E-AC-3'],
  0x90: ['subtitle', null, 'PGS subtitles'],
  0xa1: ['audio', 'EAC3', 'E-AC-3'],
  0xd2: ['video', null, 'AVS2'],
  0xea: ['video', null, 'VC-1'],
};

/** Names of encrypted variants: Apple's sample encryption keeps the framing. */
const sampleEncrypted: Readonly<Record<number, string>> = {
  0xdb: 'H.264, samples encrypted',
  0xcf: 'AAC, samples encrypted',
  0xc1: 'AC-3, samples encrypted',
  0xc2: 'E-AC-3, samples encrypted',
};

/** Format identifiers of registration descriptors (SMPTE registration authority). */
const registrations: Readonly<Record<string, TypeEntry>> = {
  'AC-3': ['audio', 'AC3', 'AC-3'],
  EAC3: ['audio', 'EAC3', 'E-AC-3'],
  Opus: ['audio', 'OPUS', 'Opus'],
  HEVC: ['video', 'H265', 'H.265'],
  CUEI: ['data', null, 'SCTE-35 splice information', true],
  'ID3 ': ['data', null, 'ID3 metadata'],
  KLVA: ['data', null, 'KLV metadata (SMPTE 336M)'],
  BSSD: ['audio', null, 'linear PCM (SMPTE 302M)'],
  DTS1: ['audio', null, 'DTS'],
  DTS2: ['audio', null, 'DTS'],
  DTS3: ['audio', null, 'DTS'],
  drac: ['video', null, 'Dirac'],
  'VC-1': ['video', null, 'VC-1'],
  VANC: ['data', null, 'ancillary data (SMPTE 2038)'],
  AV01: ['video', null, 'AV1'],
};

const Tag = {
  registration: 0x05,
  conditionalAccess: 0x09,
  language: 0x0a,
  metadata: 0x26,
  vbiData: 0x45,
  vbiTeletext: 0x46,
  teletext: 0x56,
  subtitling: 0x59,
  ac3: 0x6a,
  eac3: 0x7a,
  dts: 0x7b,
  aac: 0x7c,
  extension: 0x7f,
} as const;
const opusExtension = 0x80;
const ac4Extension = 0x15;

/** Visits the descriptors in a loop of them; those that are cut are left out. */
export function visitDescriptors(
  bytes: Uint8Array,
  start: number,
  end: number,
  visit: (tag: number, from: number, to: number) => void,
): void {
  for (let at = start; at + 2 <= end; ) {
    const to = at + 2 + bytes[at + 1];
    if (to > end) return;
    visit(bytes[at], at + 2, to);
    at = to;
  }
}

/** An elementary stream by its type and the descriptors in `bytes[start..end)`, which come first where they differ. */
export function describeStream(
  pid: number,
  streamType: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): TsStreamInfo {
  const listed = streamTypes[streamType];
  const encrypted = sampleEncrypted[streamType];
  let entry: TypeEntry = listed ?? [
    'data',
    null,
    encrypted ?? `stream type 0x${streamType.toString(16).padStart(2, '0')}`,
  ];
  // Descriptors tell what is private; what a stream type names they only explain.
  const isPrivate = streamType === 0x06 || streamType === 0x15 || (streamType >= 0x80 && !listed && !encrypted);
  const languages: string[] = [];
  let config: Uint8Array | null = null;
  visitDescriptors(bytes, start, end, (tag, from, to) => {
    if (tag === Tag.language) {
      for (let at = from; at + 4 <= to; at += 4) languages.push(code(bytes, at));
    } else if (tag === Tag.registration && to - from >= 4) {
      const registered = registrations[latin1Text(bytes, from, from + 4)];
      if (registered && isPrivate) entry = registered;
    } else if (tag === Tag.subtitling || tag === Tag.teletext || tag === Tag.vbiTeletext) {
      const step = tag === Tag.subtitling ? 8 : 5;
      for (let at = from; at + step <= to; at += step) languages.push(code(bytes, at));
      if (isPrivate) entry = ['subtitle', null, tag === Tag.subtitling ? 'DVB subtitles' : 'teletext'];
    } else if (tag === Tag.metadata && to - from >= 9 && isPrivate) {
      if (latin1Text(bytes, from + 2, from + 6) === 'ID3 ') entry = ['data', null, 'ID3 metadata'];
    } else if (isPrivate) {
      entry = privateStream(tag, bytes, from, to) ?? entry;
    }
    if (tag === Tag.extension && bytes[from] === opusExtension && to - from >= 2) config = opusHead(bytes[from + 1]);
  });
  const [kind, codec, name, isSections = false] = entry;
  return {
    pid,
    streamType,
    kind,
    codec,
    name,
    language: languages.filter((each) => each !== 'und').join(',') || null,
    config,
    isSections,
  };
}

/** Descriptors of ETSI EN 300 468 (6.1, and 6.4 for those of the extension) that say what private data are. */
function privateStream(tag: number, bytes: Uint8Array, from: number, to: number): TypeEntry | null {
  switch (tag) {
    case Tag.ac3:
      return ['audio', 'AC3', 'AC-3'];
    case Tag.eac3:
      return ['audio', 'EAC3', 'E-AC-3'];
    case Tag.dts:
      return ['audio', null, 'DTS'];
    case Tag.aac:
      return ['audio', 'AAC', 'AAC (ADTS)'];
    case Tag.vbiData:
      return ['data', null, 'VBI data'];
    case Tag.extension:
      if (to > from && bytes[from] === opusExtension) return ['audio', 'OPUS', 'Opus'];
      return to > from && bytes[from] === ac4Extension ? ['audio', null, 'AC-4'] : null;
    default:
      return null;
  }
}

const code = (bytes: Uint8Array, at: number): string => latin1Text(bytes, at, at + 3);

/** Mapping family, streams, coupled streams and mapping of channel_config_code 1 to 8 (RFC 7845, section 5.1.1.2). */
const opusChannels: readonly (readonly [streams: number, coupled: number, mapping: readonly number[]])[] = [
  [1, 1, [0, 1]],
  [1, 0, [0]],
  [1, 1, [0, 1]],
  [2, 1, [0, 2, 1]],
  [2, 2, [0, 1, 2, 3]],
  [3, 2, [0, 4, 1, 2, 3]],
  [4, 2, [0, 4, 1, 2, 3, 5]],
  [4, 3, [0, 4, 1, 2, 3, 5, 6]],
  [5, 3, [0, 6, 1, 2, 3, 4, 5, 7]],
];

/** OpusHead for a channel_config_code; null for those that a table of their own would have to explain. */
function opusHead(channelCode: number): Uint8Array | null {
  const layout = opusChannels[channelCode];
  if (!layout) return null;
  const [streams, coupled, mapping] = layout;
  const hasTable = mapping.length > 2;
  const head = [79, 112, 117, 115, 72, 101, 97, 100, 1, mapping.length, 0, 0, 0x80, 0xbb, 0, 0, 0, 0, hasTable ? 1 : 0];
  return Uint8Array.from(hasTable ? [...head, streams, coupled, ...mapping] : head);
}

/** What the tables at fixed PIDs are (ISO/IEC 13818-1, table 2-3; ETSI EN 300 468, table 1). */
export function fixedPidName(pid: number): string | null {
  return fixedPids[pid] ?? null;
}

const fixedPids: Readonly<Record<number, string>> = {
  0x0000: 'PAT (programs)',
  0x0001: 'CAT (conditional access)',
  0x0002: 'TSDT (descriptions)',
  0x0010: 'NIT (network)',
  0x0011: 'SDT, BAT (services)',
  0x0012: 'EIT (events)',
  0x0013: 'RST (running status)',
  0x0014: 'TDT, TOT (time)',
  0x0015: 'network synchronization',
  0x001e: 'DIT',
  0x001f: 'SIT',
  0x1ffb: 'ATSC PSIP',
  0x1fff: 'null packets',
};
