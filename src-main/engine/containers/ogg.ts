import { asciiBytes } from './ascii';

const headerBytes = 27;
const maxSegments = 255;
/** Bits of the second header field. */
const firstPage = 2;
const lastPage = 4;

/** CRC-32 of polynomial 0x04c11db7, highest bit first, starting at 0 (RFC 3533, section 6). */
const crcTable = Uint32Array.from({ length: 256 }, (_, i) => {
  let crc = i << 24;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80_00_00_00 ? (crc << 1) ^ 0x04_c1_1d_b7 : crc << 1;
  return crc >>> 0;
});

function crcOf(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) ^ crcTable[((crc >>> 24) ^ byte) & 0xff]) >>> 0;
  return crc;
}

/** Pages of one logical bitstream (RFC 3533). */
export class OggWriter {
  private packets: Uint8Array[] = [];
  private segments = 0;
  private granule = 0;
  private sequence = 0;

  constructor(
    private readonly serial: number,
    /** Packets of a page at most. */
    private readonly perPage: number,
  ) {}

  /** Adds a packet that ends at a granule position; answers the pages that became full. */
  add(packet: Uint8Array, granule: number): Uint8Array[] {
    const segments = Math.floor(packet.length / 255) + 1;
    if (segments > maxSegments) return [];
    const full = this.segments + segments > maxSegments ? [this.page(0)] : [];
    this.packets.push(packet);
    this.segments += segments;
    this.granule = granule;
    return this.packets.length >= this.perPage ? [...full, this.page(0)] : full;
  }

  /** Ends the page begun, if there is one. */
  flush(): Uint8Array[] {
    return this.packets.length > 0 ? [this.page(0)] : [];
  }

  /** The last page, with what is left. */
  end(): Uint8Array {
    return this.page(lastPage);
  }

  private page(flags: number): Uint8Array {
    const { packets, segments } = this;
    const length = packets.reduce((sum, packet) => sum + packet.length, 0);
    const bytes = new Uint8Array(headerBytes + segments + length);
    const view = new DataView(bytes.buffer);
    bytes.set(asciiBytes('OggS'));
    bytes[5] = flags | (this.sequence === 0 ? firstPage : 0);
    // Positions stay below 2^53, far beyond what a capture can hold.
    view.setUint32(6, this.granule >>> 0, true);
    view.setUint32(10, Math.floor(this.granule / 2 ** 32), true);
    view.setUint32(14, this.serial, true);
    view.setUint32(18, this.sequence, true);
    bytes[26] = segments;
    let lacing = headerBytes;
    let at = headerBytes + segments;
    for (const packet of packets) {
      for (let left = packet.length; left >= 0; left -= 255) bytes[lacing++] = Math.min(255, left);
      bytes.set(packet, at);
      at += packet.length;
    }
    view.setUint32(22, crcOf(bytes), true);
    this.packets = [];
    this.segments = 0;
    this.sequence += 1;
    return bytes;
  }
}
