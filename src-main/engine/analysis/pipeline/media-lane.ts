import type { Frame } from '../../capture/frame';
import { LinkType } from '../../capture/link-types';
import type { DuplicateDetector } from '../../flow/duplicate-detector';
import type { FlowTracker } from '../../flow/flow-tracker';
import { isVerified } from '../../flow/udp-checksum-watch';
import { EtherType } from '../../net/layer';
import { IpProtocol } from '../../net/packet';
import type { FrameStore } from '../../store/frame-store';
import type { RtpEngine } from '../rtp/rtp-engine';

interface LaneParts {
  readonly flows: FlowTracker;
  readonly store: FrameStore;
  readonly duplicates: DuplicateDetector;
  readonly rtp: RtpEngine;
}

/** Ethernet with a tag, IPv4, UDP, RTP. */
const LEAST = 18 + 20 + 8 + 12;
/** Version 4, a header of 20 bytes. */
const PLAIN_IPV4 = 0x45;
const MORE_FRAGMENTS_OR_OFFSET = 0x3fff;

/**
 * The short way of the commonest packet there is: one more RTP packet of a known stream, whole, in UDP over IPv4 on
 * Ethernet (with a VLAN tag or without). It is told by its headers where they lie and goes straight to conversations,
 * frames and statistics, in a fifth of the time of the general way. Whatever is not just so takes the general way,
 * which gives the same result for these packets as well.
 */
export class MediaLane {
  /** Integers of the bytes of the last frame. */
  private view: DataView = new DataView(new ArrayBuffer(0));
  private bytes: Uint8Array | null = null;

  constructor(private readonly parts: LaneParts) {}

  /** False, and nothing is done, when the frame has to take the general way. */
  take(frame: Frame): boolean {
    const { bytes, start, end } = frame;
    if (frame.linkType !== LinkType.ethernet || end - start !== frame.wireLength || end - start < LEAST) return false;
    if (bytes !== this.bytes) this.show(bytes);
    const { view } = this;
    const type = view.getUint16(start + 12);
    const isTagged = type === EtherType.vlan;
    const ipAt = start + (isTagged ? 18 : 14);
    if ((isTagged ? view.getUint16(start + 16) : type) !== EtherType.ipv4 || bytes[ipAt] !== PLAIN_IPV4) return false;
    const ipLength = view.getUint16(ipAt + 2);
    const udpAt = ipAt + 20;
    const payloadEnd = ipAt + ipLength;
    const isWholeDatagram =
      bytes[ipAt + 9] === IpProtocol.udp &&
      (view.getUint16(ipAt + 6) & MORE_FRAGMENTS_OR_OFFSET) === 0 &&
      payloadEnd <= end &&
      view.getUint16(udpAt + 4) === ipLength - 20;
    if (!isWholeDatagram) return false;

    const { duplicates, flows, rtp, store } = this.parts;
    const flow = flows.recentFlow(view, start, ipAt + 12, udpAt, IpProtocol.udp);
    if (flow < 0 || isVerified(flows.transport.packetsOf(flow >>> 1, flow & 1) + 1)) return false;
    const payloadStart = udpAt + 8;
    if (!rtp.knows(flow, view, payloadStart, payloadEnd)) return false;
    if (!duplicates.isNewDatagram(view, ipAt, payloadEnd - payloadStart, flow, frame)) return false;
    flows.trackRecent(frame, flow);
    store.append(frame, flow);
    rtp.takeKnown(flow, view, payloadStart, payloadEnd, frame, ipLength);
    return true;
  }

  private show(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}
