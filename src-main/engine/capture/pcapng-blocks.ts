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

const KNOWN = new Set<number>(Object.values(BlockType));

export const isKnownBlock = (type: number): boolean => KNOWN.has(type);

/** What an Interface Description Block says. */
export const InterfaceOption = { timeResolution: 9, timeOffset: 14 } as const;

/** What an Interface Statistics Block says. */
export const StatisticsOption = { interfaceDrop: 5, osDrop: 7 } as const;
