import { u16be, u16le, u32be, u32le } from '../bytes/integers';

/** draft-ietf-opsawg-pcap, section 4. */
export const PCAP_HEADER_LENGTH = 24;
/** Bytes from the start of a file that `pcapLayout` looks at: the header and a few records. */
export const PCAP_VIEW_LENGTH = 1024 * 1024;
/** Longest record that is believed whatever the header says: MAXIMUM_SNAPLEN of libpcap. */
export const ORDINARY_RECORD = 262_144;
/** Successive records of a capture are hardly further apart, seconds. */
export const PLAUSIBLE_STEP = 30 * 86_400;

/** First four bytes, as the writer's byte order has them. */
const Magic = {
  microseconds: 0xa1b2c3d4,
  nanoseconds: 0xa1b23c4d,
  /** Kuznetzov's patched libpcap. */
  modified: 0xa1b2cd34,
  /** IXIA "lcap", hardware and software time stamps: a total length stands behind the header. */
  ixiaHardware: 0x1c0001ac,
  ixiaSoftware: 0x1c0001ab,
} as const;
const MAGICS = new Set<number>(Object.values(Magic));

/** Records of these variants have more behind the usual 16 bytes: interface, protocol, direction, processors. */
const EXTRA = { none: 0, nokia: 4, modified: 8, modifiedSmp: 12 } as const;

/** Link types of the tcpdump.org registry. */
const NULL = 0;
const ETHERNET = 1;
const TOKEN_RING = 6;
const FDDI = 10;

/** Version 2.2 of AIX writes interface types (RFC 1573) for link types, and nanoseconds. */
const AIX_LINK_TYPES: Readonly<Record<number, number>> = {
  6: ETHERNET,
  9: TOKEN_RING,
  15: FDDI,
  24: NULL,
};
/** LLC header and frame control of a FDDI frame of AIX begin behind three bytes of padding. */
const AIX_FDDI_PADDING = 3;

/** How a pcap file is written. */
export interface PcapLayout {
  /** `little-endian, microseconds`, with the name of a variant that is not the usual one. */
  readonly variant: string;
  readonly isLittle: boolean;
  readonly headerLength: number;
  readonly recordHeader: number;
  /** Nanoseconds in a unit of the fraction. */
  readonly unitNs: number;
  /** Versions before 2.3 have captured and original length the other way round, 2.3 has either. */
  readonly lengths: 'usual' | 'swapped' | 'either';
  readonly linkType: number;
  /** Bytes at the start of each record that belong to no frame. */
  readonly padding: number;
}

/** Whether a file that begins with these bytes (at least 4) is a pcap file. */
export function isPcap(head: Uint8Array): boolean {
  return MAGICS.has(u32le(head, 0)) || MAGICS.has(u32be(head, 0));
}

/**
 * Layout of the pcap file that begins with `view` (the header at least). Nokia's and two of the patched variants have
 * the magic number of another one: the first records tell which it is.
 */
export function pcapLayout(view: Uint8Array, isWhole: boolean): PcapLayout {
  const isLittle = MAGICS.has(u32le(view, 0));
  const u16 = isLittle ? u16le : u16be;
  const u32 = isLittle ? u32le : u32be;
  const magic = u32(view, 0);
  const major = u16(view, 4);
  const minor = u16(view, 6);
  // The upper half holds the length of frame check sequences and reserved bits (draft-ietf-opsawg-pcap, section 4).
  const link = u32(view, 20) & 0xffff;
  const aixLinkType = major === 2 && minor === 2 && magic === Magic.microseconds ? AIX_LINK_TYPES[link] : undefined;
  const isIxia = magic === Magic.ixiaHardware || magic === Magic.ixiaSoftware;
  const isNano = magic === Magic.nanoseconds || isIxia || aixLinkType !== undefined;
  const base = {
    isLittle,
    headerLength: PCAP_HEADER_LENGTH + (isIxia ? 4 : 0),
    unitNs: isNano ? 1 : 1000,
    lengths: lengthOrder(major, minor),
    linkType: aixLinkType ?? link,
    padding: aixLinkType === FDDI ? AIX_FDDI_PADDING : 0,
  };
  const candidates =
    magic === Magic.modified
      ? [EXTRA.modified, EXTRA.modifiedSmp]
      : magic === Magic.microseconds && base.lengths === 'usual'
        ? [EXTRA.none, EXTRA.modified, EXTRA.nokia]
        : [EXTRA.none];
  const extra = bestFit(view, isWhole, base, candidates);
  const variant = [
    isLittle ? 'little-endian' : 'big-endian',
    isNano ? 'nanoseconds' : 'microseconds',
    ...variantNames(magic, extra, aixLinkType !== undefined),
  ];
  return { ...base, recordHeader: 16 + extra, variant: variant.join(', ') };
}

function lengthOrder(major: number, minor: number): PcapLayout['lengths'] {
  if (major === 543 || (major === 2 && minor < 3)) return 'swapped';
  return major === 2 && minor === 3 ? 'either' : 'usual';
}

function variantNames(magic: number, extra: number, isAix: boolean): string[] {
  if (isAix) return ['AIX'];
  if (magic === Magic.ixiaHardware) return ['IXIA hardware'];
  if (magic === Magic.ixiaSoftware) return ['IXIA software'];
  if (extra === EXTRA.nokia) return ['Nokia'];
  return extra === EXTRA.none ? [] : ['modified'];
}

type Order = Pick<PcapLayout, 'isLittle' | 'unitNs' | 'headerLength'>;

/** Of the lengths that record headers may have beyond the usual one: the first that fits, else the one that fits best. */
function bestFit(view: Uint8Array, isWhole: boolean, order: Order, candidates: readonly number[]): number {
  let best = candidates[0];
  let bestCount = -1;
  for (const extra of candidates) {
    const count = plausibleRecords(view, isWhole, order, 16 + extra);
    if (count === MANY_RECORDS) return extra;
    // One record alone proves nothing: a few bytes of garbage behind it would make it any variant.
    if (count > bestCount && (bestCount < 0 || count > 1)) {
      best = extra;
      bestCount = count;
    }
  }
  return best;
}

/** So many records in a row are no accident. */
const MANY_RECORDS = 4;

/** How many plausible records stand at the start of the file; `MANY_RECORDS` also when all of a short file are. */
function plausibleRecords(view: Uint8Array, isWhole: boolean, order: Order, recordHeader: number): number {
  const u32 = order.isLittle ? u32le : u32be;
  let at = order.headerLength;
  let seconds = -1;
  for (let count = 0; count < MANY_RECORDS; count += 1) {
    if (at + recordHeader > view.length) {
      // A file of the usual kind may be cut off; one of another kind has to end where a record does.
      const isEnd = at === view.length || (at > view.length && recordHeader === 16);
      return isWhole && isEnd && count > 0 ? MANY_RECORDS : count;
    }
    const time = u32(view, at);
    const length = u32(view, at + 8);
    const wireLength = u32(view, at + 12);
    if (length > ORDINARY_RECORD || wireLength > 1 << 27 || u32(view, at + 4) * order.unitNs >= 1e9) return count;
    if (seconds >= 0 && Math.abs(time - seconds) > PLAUSIBLE_STEP) return count;
    seconds = time;
    at += recordHeader + length;
  }
  return MANY_RECORDS;
}
