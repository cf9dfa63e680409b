/** Block types of draft-ietf-opsawg-pcapng, section 11.1. */
export const BlockType = {
  interfaceDescription: 1,
  /** Obsolete. */
  packet: 2,
  simplePacket: 3,
  nameResolution: 4,
  interfaceStatistics: 5,
  enhancedPacket: 6,
  systemdJournal: 9,
  decryptionSecrets: 10,
  custom: 0x0bad,
  customNoCopy: 0x4000_0bad,
  sectionHeader: 0x0a0d_0d0a,
} as const;

/** Byte-order magic of a section header as its own writer sees it. */
export const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;

/** Bytes of a block's type and two lengths: no block is shorter. */
export const BLOCK_FRAME = 12;
/** Section header without options. */
export const SECTION_HEADER_LENGTH = 28;

const KNOWN = new Set<number>(Object.values(BlockType));

export const isKnownBlock = (type: number): boolean => KNOWN.has(type);

/** The option that every block may have, several times. */
export const COMMENT_OPTION = 1;

/** What a Section Header Block says (section 4.1). */
export const SectionOption = { hardware: 2, os: 3, application: 4 } as const;

/** What an Interface Description Block says (section 4.2). */
export const InterfaceOption = {
  name: 2,
  description: 3,
  ipv4: 4,
  ipv6: 5,
  mac: 6,
  eui64: 7,
  speed: 8,
  timeResolution: 9,
  filter: 11,
  os: 12,
  timeOffset: 14,
  hardware: 15,
} as const;

/** What an Enhanced Packet Block says (section 4.3). */
export const PacketOption = { flags: 2, dropCount: 4 } as const;

/** Records of a Name Resolution Block (section 4.5). */
export const NameRecord = { end: 0, ipv4: 1, ipv6: 2, eui48: 3, eui64: 4 } as const;

/** What an Interface Statistics Block says (section 4.6). */
export const StatisticsOption = { received: 4, interfaceDrop: 5, osDrop: 7 } as const;
