import type { AccessUnit, Depacketizer, MediaPacket } from '../definition';

/** A payload with what its RTP header says; sequence numbers and frames follow from the order. */
export interface TestPayload {
  readonly payload: Uint8Array;
  readonly timestamp: number;
  readonly marker: boolean;
}

export const bytesOf = (...values: (number | Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => (typeof value === 'number' ? [value] : [...value])));

/** Packets without those whose index is in `lost`; frame `i + 1` holds the `i`th. */
export function packetsOf(payloads: readonly TestPayload[], lost: ReadonlySet<number> = new Set()): MediaPacket[] {
  const packets: MediaPacket[] = [];
  let lostBefore = 0;
  payloads.forEach((item, i) => {
    if (lost.has(i)) {
      lostBefore += 1;
      return;
    }
    // What was lost before the first packet nobody knows of.
    packets.push({ ...item, sequence: i, frame: i + 1, lostBefore: packets.length === 0 ? 0 : lostBefore, missing: 0 });
    lostBefore = 0;
  });
  return packets;
}

export function collect(depacketizer: Depacketizer, packets: readonly MediaPacket[]): AccessUnit[] {
  return [...packets.flatMap((packet) => [...depacketizer.push(packet)]), ...depacketizer.flush()];
}

/** A picture of a made-up stream, before it is cut into packets. */
export interface TestPicture {
  readonly isKey: boolean;
  readonly timestamp: number;
  /** Bytes that tell this picture from others. */
  readonly body: Uint8Array;
}

/** Bytes that look like no start code, emulation or marker. */
export function bodyOf(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => 0x41 + ((i * 7 + seed * 13) % 90));
}

/** Cuts bytes into pieces of at most `size`. */
export function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
  return pieces;
}

/** How pictures of a format are sent, and what its depacketizer is to make of them. */
export interface TestFormat {
  readonly id: string;
  packetize(picture: TestPicture): { readonly payloads: readonly Uint8Array[]; readonly units: readonly Uint8Array[] };
}

const pieceSize = 40;

/** NAL units in fragments or alone: header bytes as the format has them. */
function nalFormat(
  id: string,
  parameterSets: readonly Uint8Array[],
  slice: (isKey: boolean) => Uint8Array,
  aggregate: (units: readonly Uint8Array[]) => Uint8Array,
  fragments: (unit: Uint8Array) => readonly Uint8Array[],
): TestFormat {
  return {
    id,
    packetize: ({ isKey, body }) => {
      // The first bit behind the header says that the slice is the first of its picture.
      const unit = bytesOf(slice(isKey), 0x88, body);
      const payloads = unit.length > pieceSize ? fragments(unit) : [unit];
      if (!isKey) return { payloads, units: [unit] };
      return { payloads: [aggregate(parameterSets), ...payloads], units: [...parameterSets, unit] };
    },
  };
}

const sized = (unit: Uint8Array): Uint8Array => bytesOf(unit.length >> 8, unit.length & 0xff, unit);

function pieces(body: Uint8Array, header: (isFirst: boolean, isLast: boolean) => readonly number[]): Uint8Array[] {
  const cuts = cut(body, pieceSize);
  return cuts.map((piece, i) => bytesOf(header(i === 0, i === cuts.length - 1), piece));
}

/** Formats whose packets are a header and a piece of the coded picture. */
function pieceFormat(
  id: string,
  start: (picture: TestPicture) => Uint8Array,
  header: (isFirst: boolean, offset: number, picture: TestPicture) => readonly number[],
  whole: (picture: TestPicture, coded: Uint8Array) => Uint8Array = (_, coded) => coded,
): TestFormat {
  return {
    id,
    packetize: (picture) => {
      const coded = bytesOf(start(picture), picture.body);
      const payloads = cut(coded, pieceSize).map((piece, i) => bytesOf(header(i === 0, i * pieceSize, picture), piece));
      return { payloads, units: [whole(picture, coded)] };
    },
  };
}

export const h264ParameterSets = [
  Uint8Array.from(atobBytes('Z2QADazZQWCWwEQAAAMABAAAAwDIPFCmWA==')),
  Uint8Array.from(atobBytes('aOvssiw=')),
];
export const h265ParameterSets = [
  Uint8Array.from(atobBytes('QAEMAf//AWAAAAMAkAAAAwAAAwA8lZgJ')),
  Uint8Array.from(atobBytes('QgEBAWAAAAMAkAAAAwAAAwA8oAsIBIWWVmkkyvAWnCAAAAMAIAAAAwMh')),
  Uint8Array.from(atobBytes('RAHBcrRiQA==')),
];

function atobBytes(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

export const testFormats: readonly TestFormat[] = [
  nalFormat(
    'h264',
    h264ParameterSets,
    (isKey) => bytesOf(isKey ? 0x65 : 0x41),
    (units) => bytesOf(0x78, ...units.map(sized)),
    (unit) =>
      pieces(unit.subarray(1), (s, e) => [(unit[0] & 0xe0) | 28, (s ? 0x80 : 0) | (e ? 0x40 : 0) | (unit[0] & 31)]),
  ),
  nalFormat(
    'h265',
    h265ParameterSets,
    (isKey) => bytesOf(isKey ? 19 << 1 : 1 << 1, 1),
    (units) => bytesOf(48 << 1, 1, ...units.map(sized)),
    (unit) => pieces(unit.subarray(2), (s, e) => [49 << 1, 1, (s ? 0x80 : 0) | (e ? 0x40 : 0) | (unit[0] >> 1)]),
  ),
  pieceFormat(
    'vp8',
    ({ isKey }) => bytesOf(isKey ? 0x10 : 0x11, 0, 0, ...(isKey ? [0x9d, 0x01, 0x2a, 0x60, 1, 0x20, 1] : [])),
    (isFirst) => [isFirst ? 0x90 : 0x80, 0x80, 0x81, 0x23],
  ),
  pieceFormat(
    'vp9',
    ({ isKey }) => (isKey ? bytesOf(0x82, 0x49, 0x83, 0x42, 0x00, 0x15, 0xf0, 0x11, 0xf0) : bytesOf(0x86)),
    (isFirst, _, { isKey }) => [0x80 | (isKey ? 0 : 0x40) | (isFirst ? 0x08 : 0), 0x81, 0x23],
  ),
  pieceFormat(
    'jpeg',
    () => bytesOf(),
    (_, offset) => [0, 0, offset >> 8, offset & 0xff, 1, 60, 44, 36],
    // The headers are the format's own affair: they are checked in its test.
    (_, coded) => bytesOf(coded, 0xff, 0xd9),
  ),
  pieceFormat(
    'h261',
    () => bytesOf(0x00, 0x01, 0x00, 0x08),
    () => [0x02, 0, 0, 0],
  ),
  pieceFormat(
    'h263',
    ({ isKey }) => bytesOf(0x00, 0x00, 0x80, 0x02, isKey ? 0x0c : 0x0e),
    () => [0, 0x60, 0, 0],
  ),
  {
    id: 'h263-1998',
    packetize: ({ isKey, body }) => {
      const coded = bytesOf(0, 0, 0x80, 0x02, isKey ? 0x0c : 0x0e, body);
      const cuts = cut(coded.subarray(2), pieceSize);
      return { payloads: cuts.map((piece, i) => bytesOf(i === 0 ? 0x04 : 0, 0, piece)), units: [coded] };
    },
  },
  pieceFormat(
    'mp4v-es',
    ({ isKey }) => bytesOf(0, 0, 1, 0xb6, isKey ? 0x10 : 0x50),
    () => [],
  ),
  pieceFormat(
    'mpv',
    ({ isKey }) => bytesOf(0, 0, 1, 0, 0, isKey ? 0x08 : 0x10, 0xff, 0xf8),
    () => [0, 0, 0, 0],
  ),
  {
    id: 'av1',
    packetize: ({ isKey, body }) => {
      // Frame OBU: show_existing_frame 0, frame_type, then the rest.
      const obu = bytesOf(6 << 3, isKey ? 0x10 : 0x30, body);
      const cuts = cut(obu, pieceSize);
      const payloads = cuts.map((piece, i) =>
        bytesOf((i > 0 ? 0x80 : 0) | (i < cuts.length - 1 ? 0x40 : 0) | 0x10 | (isKey && i === 0 ? 0x08 : 0), piece),
      );
      const size = obu.length - 1;
      const leb = size < 128 ? [size] : [(size & 0x7f) | 0x80, size >> 7];
      return { payloads, units: [bytesOf((6 << 3) | 2, leb, obu.subarray(1))] };
    },
  },
];

/** Pictures cut into packets, with the picture that each packet belongs to. */
export function streamOf(
  format: TestFormat,
  pictures: readonly TestPicture[],
): {
  readonly payloads: readonly TestPayload[];
  readonly pictureOf: readonly number[];
  readonly units: readonly (readonly Uint8Array[])[];
} {
  const payloads: TestPayload[] = [];
  const pictureOf: number[] = [];
  const units: (readonly Uint8Array[])[] = [];
  pictures.forEach((picture, i) => {
    const sent = format.packetize(picture);
    units.push(sent.units);
    sent.payloads.forEach((payload, k) => {
      payloads.push({ payload, timestamp: picture.timestamp, marker: k === sent.payloads.length - 1 });
      pictureOf.push(i);
    });
  });
  return { payloads, pictureOf, units };
}
