import { RtpdumpParser, type RtpdumpStart } from '#engine/containers/rtpdump';
import type { Decoder } from './decoder';

/** LINKTYPE_RAW: packets begin with the IP header. */
const linkTypeRaw = 101;
/** Times in nanoseconds. */
const pcapMagic = 0xa1b23c4d;
const ipHeader = 20;
const udpHeader = 8;
const protocolUdp = 17;
const recordHeader = 16;

/**
 * Makes a pcap of an rtpdump file: each packet goes from 0.0.0.0 to where the file says that it arrived, RTCP to the
 * port after it. The sender's address is not in such files.
 */
export class RtpdumpDecoder implements Decoder {
  private readonly parser: RtpdumpParser;
  private start: RtpdumpStart = { address: '0.0.0.0', port: 0, seconds: 0, microseconds: 0 };
  private pieces: Uint8Array[] = [];

  constructor(private readonly output: (bytes: Uint8Array) => void) {
    this.parser = new RtpdumpParser({
      onStart: (start) => {
        this.start = start;
        this.pieces.push(fileHeader());
      },
      onPacket: (bytes, from, to, sent, isRtcp, offsetMs) =>
        this.pieces.push(this.frame(bytes.subarray(from, to), sent, isRtcp, offsetMs)),
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      this.parser.push(bytes);
    } finally {
      if (this.pieces.length > 0) this.output(Buffer.concat(this.pieces));
      this.pieces = [];
    }
  }

  async end(): Promise<void> {
    if (!this.parser.isAtEnd) throw new Error('unexpected end of file');
  }

  close(): void {
    this.pieces = [];
  }

  private frame(packet: Uint8Array, sent: number, isRtcp: boolean, offsetMs: number): Uint8Array {
    const { address, seconds, microseconds } = this.start;
    const port = (this.start.port + (isRtcp ? 1 : 0)) & 0xffff;
    const headers = ipHeader + udpHeader;
    const bytes = new Uint8Array(recordHeader + headers + packet.length);
    const view = new DataView(bytes.buffer);
    const microsecondsAll = microseconds + offsetMs * 1000;
    view.setUint32(0, (seconds + Math.floor(microsecondsAll / 1e6)) >>> 0);
    view.setUint32(4, (microsecondsAll % 1e6) * 1000);
    view.setUint32(8, headers + packet.length);
    view.setUint32(12, headers + sent);
    const ip = recordHeader;
    view.setUint8(ip, 0x45);
    view.setUint16(ip + 2, Math.min(0xffff, headers + sent));
    view.setUint8(ip + 8, 64);
    view.setUint8(ip + 9, protocolUdp);
    address.split('.').forEach((octet, i) => view.setUint8(ip + 16 + i, Number(octet) & 0xff));
    const udp = ip + ipHeader;
    view.setUint16(udp, port);
    view.setUint16(udp + 2, port);
    view.setUint16(udp + 4, Math.min(0xffff, udpHeader + sent));
    bytes.set(packet, recordHeader + headers);
    return bytes;
  }
}

function fileHeader(): Uint8Array {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, pcapMagic);
  view.setUint16(4, 2);
  view.setUint16(6, 4);
  view.setUint32(16, 0x4_0000);
  view.setUint32(20, linkTypeRaw);
  return bytes;
}
