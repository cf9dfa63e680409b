import { crc32Mpeg } from '../crc32-mpeg';

const payloadBytes = 184;

/** An elementary stream of a program that is built: descriptors as they stand in the map. */
export interface BuiltStream {
  readonly pid: number;
  readonly streamType: number;
  readonly descriptors?: readonly number[];
}

export interface PesOptions {
  readonly streamId?: number;
  readonly pts?: number;
  readonly dts?: number;
  /** Length 0, as video may have. */
  readonly isUnbounded?: boolean;
}

const ascii = (text: string): number[] => [...text].map((letter) => letter.charCodeAt(0));

function timestamp(prefix: number, ticks: number): number[] {
  const high = Math.floor(ticks / 2 ** 30) & 7;
  return [
    (prefix << 4) | (high << 1) | 1,
    (ticks >>> 22) & 0xff,
    ((ticks >>> 14) & 0xfe) | 1,
    (ticks >>> 7) & 0xff,
    ((ticks << 1) & 0xfe) | 1,
  ];
}

/** A PES packet (ISO/IEC 13818-1, 2.4.3.6). */
export function pes(
  payload: Uint8Array,
  { streamId = 0xe0, pts, dts, isUnbounded = false }: PesOptions = {},
): Uint8Array {
  const times = pts === undefined ? [] : timestamp(dts === undefined ? 2 : 3, pts);
  if (dts !== undefined) times.push(...timestamp(1, dts));
  const flags = (pts === undefined ? 0 : 0x80) | (dts === undefined ? 0 : 0x40);
  const length = isUnbounded ? 0 : 3 + times.length + payload.length;
  const header = [0, 0, 1, streamId, length >> 8, length & 0xff, 0x84, flags, times.length, ...times];
  return Uint8Array.from([...header, ...payload]);
}

/** A section with its CRC (2.4.4.10). */
export function section(tableId: number, extension: number, body: readonly number[], version = 0): Uint8Array {
  const length = 5 + body.length + 4;
  const head = [tableId, 0xb0 | (length >> 8), length & 0xff, extension >> 8, extension & 0xff];
  const bytes = Uint8Array.from([...head, 0xc1 | (version << 1), 0, 0, ...body, 0, 0, 0, 0]);
  const crc = crc32Mpeg(bytes, 0, bytes.length - 4);
  bytes.set([crc >>> 24, (crc >>> 16) & 0xff, (crc >>> 8) & 0xff, crc & 0xff], bytes.length - 4);
  return bytes;
}

export function patSection(programs: readonly (readonly [number: number, pid: number])[], version = 0): Uint8Array {
  const body = programs.flatMap(([number, pid]) => [number >> 8, number & 0xff, 0xe0 | (pid >> 8), pid & 0xff]);
  return section(0, 1, body, version);
}

export function pmtSection(
  program: number,
  pcrPid: number,
  streams: readonly BuiltStream[],
  version = 0,
  descriptors: readonly number[] = [],
): Uint8Array {
  const body = [0xe0 | (pcrPid >> 8), pcrPid & 0xff, 0xf0 | (descriptors.length >> 8), descriptors.length & 0xff];
  body.push(...descriptors);
  for (const { pid, streamType, descriptors: own = [] } of streams) {
    body.push(streamType, 0xe0 | (pid >> 8), pid & 0xff, 0xf0 | (own.length >> 8), own.length & 0xff, ...own);
  }
  return section(2, program, body, version);
}

export function sdtSection(services: readonly { service: number; name: readonly number[] | string }[]): Uint8Array {
  const body = [0, 1, 0xff];
  for (const { service, name } of services) {
    const letters = typeof name === 'string' ? ascii(name) : name;
    const provider = ascii('Provider');
    const descriptor = [1, provider.length, ...provider, letters.length, ...letters];
    const length = descriptor.length + 2;
    body.push(service >> 8, service & 0xff, 0xfc, 0x80 | (length >> 8), length & 0xff);
    body.push(0x48, descriptor.length, ...descriptor);
  }
  return section(0x42, 1, body);
}

/** Writes packets one after the other, a continuity counter for each PID. */
export class TsBuilder {
  readonly packets: Uint8Array[] = [];
  private readonly counters = new Map<number, number>();

  /** PAT and PMT of one program. */
  program(number: number, pmtPid: number, pcrPid: number, streams: readonly BuiltStream[], version = 0): this {
    this.sections(0, patSection([[number, pmtPid]]));
    return this.sections(pmtPid, pmtSection(number, pcrPid, streams, version));
  }

  sections(pid: number, ...list: readonly Uint8Array[]): this {
    const bytes = [0, ...list.flatMap((part) => [...part])];
    for (let at = 0; at < bytes.length; at += payloadBytes) {
      const payload = new Uint8Array(payloadBytes).fill(0xff);
      payload.set(bytes.slice(at, at + payloadBytes));
      this.packet(pid, payload, { isStart: at === 0 });
    }
    return this;
  }

  /** A PES packet; its last packet is stuffed by the adaptation field. `pcr` in ticks of 27 MHz. */
  pes(pid: number, bytes: Uint8Array, pcr?: number): this {
    for (let at = 0; at < bytes.length; ) {
      const field: number[] = at === 0 && pcr !== undefined ? [0x10, ...pcrBytes(pcr)] : [];
      const room = payloadBytes - (field.length > 0 ? field.length + 1 : 0);
      const payload = bytes.subarray(at, at + room);
      this.packet(pid, payload, { isStart: at === 0, field });
      at += payload.length;
    }
    return this;
  }

  /** Stuffs what is shorter than a packet. */
  packet(
    pid: number,
    payload: Uint8Array,
    {
      isStart = false,
      field = [],
      scrambling = 0,
    }: { isStart?: boolean; field?: readonly number[]; scrambling?: number },
  ): this {
    const counter = this.counters.get(pid) ?? 0;
    this.counters.set(pid, (counter + 1) & 15);
    const bytes = new Uint8Array(188).fill(0xff);
    const fieldBytes = payloadBytes - payload.length;
    bytes.set([0x47, (isStart ? 0x40 : 0) | (pid >> 8), pid & 0xff]);
    bytes[3] = (scrambling << 6) | (fieldBytes > 0 ? 0x30 : 0x10) | counter;
    if (fieldBytes > 0) bytes[4] = fieldBytes - 1;
    if (fieldBytes > 1) bytes.set(field.length > 0 ? field : [0], 5);
    bytes.set(payload, 4 + fieldBytes);
    this.packets.push(bytes);
    return this;
  }

  bytes(): Uint8Array {
    return concatenate(this.packets);
  }
}

function pcrBytes(ticks: number): number[] {
  const base = Math.floor(ticks / 300);
  const extension = ticks % 300;
  return [
    Math.floor(base / 2 ** 25) & 0xff,
    Math.floor(base / 2 ** 17) & 0xff,
    Math.floor(base / 2 ** 9) & 0xff,
    Math.floor(base / 2) & 0xff,
    ((base & 1) << 7) | 0x7e | (extension >> 8),
    extension & 0xff,
  ];
}

export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** An access unit of H.264 with a delimiter, a slice of `bytes` bytes that hold no start code. */
export function h264Unit(bytes: number, seed: number, isKey = false): Uint8Array {
  const slice = Uint8Array.from({ length: bytes }, (_, i) => 1 + ((i * 31 + seed * 17) % 254));
  // first_mb_in_slice 0, slice_type 7 (I) or 5 (P).
  slice[0] = isKey ? 0x88 : 0x98;
  const parameters = isKey
    ? [0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x0a, 0xd9, 0x07, 0x3f, 0x88, 0, 0, 0, 1, 0x68, 0xce, 0x38, 0x80]
    : [];
  return Uint8Array.from([0, 0, 0, 1, 9, 0xf0, ...parameters, 0, 0, 0, 1, isKey ? 0x65 : 0x41, ...slice]);
}

/** A frame of AAC behind its header, 48 kHz stereo. */
export function adtsUnit(bytes: number, seed: number): Uint8Array {
  const length = bytes + 7;
  const header = [0xff, 0xf1, 0x4c, 0x80 | (length >> 11), (length >> 3) & 0xff, ((length & 7) << 5) | 0x1f, 0xfc];
  return Uint8Array.from([...header, ...Array.from({ length: bytes }, (_, i) => (i * 7 + seed) % 251)]);
}

/** Two programs' worth of what tests need: pictures on PID 256, sound on PID 257, PAT and PMT now and then. */
export function sampleStream(pictures = 20, isUnbounded = true) {
  const builder = new TsBuilder();
  const video: { unit: Uint8Array; first: number; last: number }[] = [];
  const audio: { unit: Uint8Array; first: number; last: number }[] = [];
  for (let i = 0; i < pictures; i += 1) {
    if (i % 5 === 0) {
      builder.program(1, 0x1000, 256, [
        { pid: 256, streamType: 0x1b },
        { pid: 257, streamType: 0x0f },
      ]);
    }
    const unit = h264Unit(i % 5 === 0 ? 900 + 13 * i : 150 + 101 * (i % 4), i, i % 5 === 0);
    const from = builder.packets.length;
    const time = 90_000 + 3600 * i;
    builder.pes(256, pes(unit, { pts: time + 7200, dts: time, isUnbounded }), time * 300);
    video.push({ unit, first: from, last: builder.packets.length - 1 });
    const frames = [adtsUnit(180 + i, i), adtsUnit(150, i + 1)];
    const start = builder.packets.length;
    builder.pes(257, pes(concatenate(frames), { streamId: 0xc0, pts: time }));
    for (const frame of frames) audio.push({ unit: frame, first: start, last: builder.packets.length - 1 });
  }
  return { builder, bytes: builder.bytes(), video, audio };
}
