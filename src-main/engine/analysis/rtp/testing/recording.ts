import type { Severity } from '#shared/model/diagnostic';
import type { Endpoint } from '../../../net/endpoint';
import { PacketView } from '../../../net/packet';
import type { MediaAnnouncement, PayloadBinding } from '../../../protocols/rtp';
import type { PacketSource } from '../packet-source';
import { type DatagramVerdict, RtpEngine } from '../rtp-engine';

export interface RtpFields {
  readonly sequence: number;
  readonly timestamp: number;
  readonly payloadType?: number;
  readonly marker?: boolean;
  readonly ssrc?: number;
  readonly payload?: Uint8Array;
}

const headersLength = 28;

/** An RTP packet without CSRCs, extension and padding. */
export function rtpBytes(fields: RtpFields): Uint8Array {
  const { sequence, timestamp, payloadType = 0, marker = false, ssrc = 0x1234abcd } = fields;
  const payload = fields.payload ?? new Uint8Array(160);
  const bytes = new Uint8Array(12 + payload.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = 0x80;
  bytes[1] = (marker ? 0x80 : 0) | payloadType;
  view.setUint16(2, sequence & 0xffff);
  view.setUint32(4, timestamp % 2 ** 32);
  view.setUint32(8, ssrc);
  bytes.set(payload, 12);
  return bytes;
}

interface Datagram {
  readonly flow: number;
  readonly frame: number;
  readonly timeNs: number;
  readonly bytes: Uint8Array;
  readonly missing: number;
  readonly fileOffset: number;
}

/**
 * Datagrams in the order of their capture, as if in IPv4 without options. Flow 2n goes from 10.0.0.1:5000+n to
 * 10.0.0.2:6000+n, flow 2n+1 back.
 */
export class Recording implements PacketSource {
  readonly datagrams: Datagram[] = [];
  readonly diagnostics: { severity: Severity; code: string; frame: number | null }[] = [];
  readonly engine: RtpEngine;
  private fileOffset = 24;

  constructor() {
    this.engine = new RtpEngine({
      sink: { report: (severity, code, frame) => this.diagnostics.push({ severity, code, frame }) },
      endpoints: (flow) => {
        const ends = [end('10.0.0.1', 5000 + (flow >> 1)), end('10.0.0.2', 6000 + (flow >> 1))];
        return { source: ends[flow & 1], destination: ends[1 - (flow & 1)] };
      },
      reverseOf: (flow) => (this.datagrams.some((d) => d.flow === (flow ^ 1)) ? flow ^ 1 : -1),
    });
  }

  /** Frame number that the next datagram will have. */
  get nextFrame(): number {
    return this.datagrams.length + 1;
  }

  /** Captures a datagram and hands it to the engine. */
  add(bytes: Uint8Array, timeMs: number, { flow = 0, missing = 0 } = {}): DatagramVerdict {
    const fileOffset = this.fileOffset + 16;
    this.fileOffset = fileOffset + headersLength + bytes.length;
    const datagram = { flow, frame: this.nextFrame, timeNs: Math.round(timeMs * 1e6), bytes, missing, fileOffset };
    this.datagrams.push(datagram);
    return this.engine.onDatagram(flow, viewOf(datagram), datagram.frame, datagram.timeNs);
  }

  addRtp(fields: RtpFields, timeMs: number, options: { flow?: number; missing?: number } = {}): DatagramVerdict {
    return this.add(rtpBytes(fields), timeMs, options);
  }

  /** `count` packets of PCMU, 20 ms each, from `from` on. */
  addSpeech(count: number, from: Partial<RtpFields> & { flow?: number; startMs?: number } = {}): void {
    const { sequence = 1000, timestamp = 8000, startMs = 0, flow, ...rest } = from;
    for (let i = 0; i < count; i += 1) {
      this.addRtp({ ...rest, sequence: sequence + i, timestamp: timestamp + 160 * i }, startMs + 20 * i, { flow });
    }
  }

  finish(): void {
    this.engine.finish(this);
  }

  forEachPacket(
    flow: number,
    visit: (packet: PacketView, frame: number, timeNs: number, fileOffset: number) => void,
  ): void {
    for (const datagram of this.datagrams) {
      if (datagram.flow !== flow) continue;
      visit(viewOf(datagram), datagram.frame, datagram.timeNs, datagram.fileOffset);
    }
  }
}

function end(address: string, port: number): Endpoint {
  return { address, port };
}

function viewOf({ bytes, missing }: Datagram): PacketView {
  const packet = new PacketView();
  const frame = new Uint8Array(headersLength + bytes.length);
  frame.set(bytes, headersLength);
  packet.reset(frame);
  packet.ipVersion = 4;
  packet.source = 12;
  packet.destination = 16;
  packet.protocol = 17;
  packet.payloadStart = headersLength;
  packet.payloadEnd = frame.length;
  packet.payloadMissing = missing;
  return packet;
}

export function payload(
  payloadType: number,
  encodingName: string,
  clockRateHz: number,
  basis: PayloadBinding['basis'] = 'sdp',
): PayloadBinding {
  return { payloadType, encodingName, clockRateHz, channels: 1, fmtp: '', basis };
}

/** Announces audio at 10.0.0.2:6000, where flow 0 goes. */
export function announcement(
  payloads: readonly PayloadBinding[],
  changes: Partial<MediaAnnouncement> = {},
): MediaAnnouncement {
  return {
    address: '10.0.0.2',
    port: 6000,
    rtcpPort: 6001,
    media: 'audio',
    payloads,
    callId: 'call-a',
    frame: 0,
    timeNs: 0,
    isSecure: false,
    ...changes,
  };
}

/** Repeatable numbers in 0..1 (Park and Miller's minimal standard generator). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
