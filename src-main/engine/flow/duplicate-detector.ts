import { u16be, u32be } from '../bytes/integers';
import type { Frame } from '../capture/frame';
import { IpProtocol, type PacketView } from '../net/packet';

/** Copies of a packet are taken for one within this time: hosts repeat nothing so soon, taps and routers do. */
const WINDOW_MS = 10;
/** Packets remembered, a power of two: at a hundred thousand packets a second about the last 20 milliseconds. */
const SLOT_BITS = 11;
const SLOTS = 1 << SLOT_BITS;
/** A slot: two words that tell packets apart, and when the packet came. */
const SLOT_WORDS = 4;

/**
 * Recognises packets that are in the capture more than once because a mirror port shows both ways in and out, because
 * two interfaces were captured, or because a station sent an 802.11 frame again. A copy has the same addresses, ports,
 * IP identification, length and transport checksum (which stands for the payload, being computed over it); TTL, link
 * addresses, VLAN tags and tunnels around it may differ. Checksums may be left to the network card, so the first bytes
 * of the payload count as well, where RTP has its sequence number, and all bytes of a datagram that may be text or has
 * no checksum.
 *
 * Acknowledgments without data look alike in IPv6 and where the identification is always 0, so they are never taken
 * for copies there.
 *
 * A copy counts in conversations and in the figures of RTP streams, as in Wireshark; TCP and SIP do not see it.
 */
export class DuplicateDetector {
  /** Packets recognised so far. */
  count = 0;
  private readonly slots = new Int32Array(SLOTS * SLOT_WORDS);

  constructor() {
    // A time that no packet is near of.
    for (let i = 2; i < this.slots.length; i += SLOT_WORDS) this.slots[i] = -0x8000_0000;
  }

  /** Sets `packet.isDuplicate`, and remembers the packet when it is none. `flow` is that of the packet, or -1. */
  check(packet: PacketView, flow: number, timeNs: number): void {
    if (packet.ipVersion === 0 || packet.isMessage) return;
    const { identification } = packet;
    const payloadLength = packet.payloadEnd - packet.payloadStart;
    let checksum = 0;
    let hash: number;
    if (packet.fragmentOffset >= 0) {
      hash = mix(mixAddresses(packet), identification) ^ packet.fragmentOffset;
    } else {
      if (identification === 0 && payloadLength === 0) return;
      checksum = flow >= 0 ? transportChecksum(packet) : 0;
      const isBare = checksum === 0 && packet.protocol === IpProtocol.udp && !isRtp(packet);
      // Stuffing of a transport stream says nothing, so that nothing tells copies of it from the next.
      if (isBare && identification === 0 && isNullPacket(packet)) return;
      hash = hashPayload(packet, payloadLength, isBare) ^ packet.tcpSequence;
      if (flow >= 0) {
        hash ^= hashFlow(flow);
      } else {
        hash ^= mixAddresses(packet) ^ packet.protocol;
      }
    }
    packet.isDuplicate = !this.remember(hash, exactOf(checksum, identification), timeNs);
    if (packet.isDuplicate) this.count += 1;
  }

  /**
   * `check` for a datagram over IPv4 that is no text, by the offset of its header (of 20 bytes). False, and nothing is
   * done, when it may be a copy.
   */
  isNewDatagram(view: DataView, ipAt: number, payloadLength: number, flow: number, frame: Frame): boolean {
    const payloadStart = ipAt + 28;
    const hash = mixStart(view.getInt32(payloadStart), view.getInt32(payloadStart + 4), payloadLength) ^ hashFlow(flow);
    return this.remember(hash, exactOf(view.getUint16(ipAt + 26), view.getUint16(ipAt + 4)), frame.timeNs);
  }

  /** Keeps what tells a packet apart; false when the same is there from just before. */
  private remember(hash: number, exact: number, timeNs: number): boolean {
    const ms = (timeNs * 1e-6) | 0;
    const at = (Math.imul(hash ^ exact, 0x9e37_79b1) >>> (32 - SLOT_BITS)) * SLOT_WORDS;
    const { slots } = this;
    if (slots[at] === hash && slots[at + 1] === exact) {
      const apart = (ms - slots[at + 2]) | 0;
      if (apart >= -WINDOW_MS && apart <= WINDOW_MS) return false;
    }
    slots[at] = hash;
    slots[at + 1] = exact;
    slots[at + 2] = ms;
    return true;
  }
}

const exactOf = (checksum: number, identification: number): number => (checksum << 16) | (identification & 0xffff);

const hashFlow = (flow: number): number => Math.imul(flow + 1, 0x85eb_ca6b);

/** Checksum field of UDP, TCP or SCTP. */
function transportChecksum({ bytes, protocol, transportStart }: PacketView): number {
  if (protocol === IpProtocol.udp) return u16be(bytes, transportStart + 6);
  if (protocol === IpProtocol.tcp) return u16be(bytes, transportStart + 16);
  return u16be(bytes, transportStart + 8) ^ u16be(bytes, transportStart + 10);
}

const isRtp = ({ bytes, payloadStart }: PacketView): boolean => bytes[payloadStart] >>> 6 === 2;

/** A null packet of MPEG-TS begins the datagram (PID 0x1fff). */
function isNullPacket({ bytes, payloadStart: start }: PacketView): boolean {
  return bytes[start] === 0x47 && (bytes[start + 1] & 0x1f) === 0x1f && bytes[start + 2] === 0xff;
}

/**
 * Segments of TCP are told apart by their sequence numbers: of them the first bytes are enough. `isWhole`: no checksum
 * stands for the rest.
 */
function hashPayload({ bytes, payloadStart: start, protocol }: PacketView, length: number, isWhole: boolean): number {
  if (length >= 8 && !isWhole && (protocol === IpProtocol.tcp || !startsLikeText(bytes, start))) {
    return mixStart(u32be(bytes, start), u32be(bytes, start + 4), length);
  }
  let hash = length;
  for (let i = start; i < start + length; i += 1) hash = Math.imul(hash ^ bytes[i], 0x0100_0193);
  return hash;
}

const mixStart = (first: number, second: number, length: number): number =>
  Math.imul(first ^ length, 0xc2b2_ae35) ^ second;

/** Three capital letters: a method of SIP or its kin, or its version. */
function startsLikeText(bytes: Uint8Array, start: number): boolean {
  return isCapital(bytes[start]) && isCapital(bytes[start + 1]) && isCapital(bytes[start + 2]);
}

const isCapital = (byte: number): boolean => byte >= 0x41 && byte <= 0x5a;

function mixAddresses({ bytes, ipVersion, source, destination }: PacketView): number {
  let mixed = ipVersion;
  const length = ipVersion === 4 ? 4 : 16;
  for (let i = 0; i < length; i += 4) {
    mixed = mix(mixed, u32be(bytes, source + i));
    mixed = mix(mixed, u32be(bytes, destination + i));
  }
  return mixed;
}

function mix(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x9e37_79b1);
  return mixed ^ (mixed >>> 15);
}
