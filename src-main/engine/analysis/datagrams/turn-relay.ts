import type { Endpoint } from '../../net/endpoint';
import {
  StunAttribute,
  StunMethod,
  stunAttribute,
  stunChannel,
  stunClass,
  stunMethod,
  stunPeer,
} from '../../protocols/stun';
import type { FramedFlows } from '../sessions/framed-flows';
import { formatEndpoint } from '../../net/endpoint';

/** More peers of one conversation are left out. */
const maxPeers = 1024;

/** The two ends of a conversation: sender of direction 0, and of direction 1. */
export type Ends = readonly [Endpoint, Endpoint];

/**
 * What a TURN server relays for a client (RFC 8656): the payload of channels and of Send and Data indications goes on as
 * flows between the client and its peers.
 */
export class TurnRelay {
  /** Frame of the first message that only TURN has; 0 while there was none. */
  firstFrame = 0;
  private clientDirection: 0 | 1 = 0;
  private readonly peers = new Map<number, Endpoint>();
  private readonly flows = new Map<string, number>();

  constructor(
    private readonly framed: FramedFlows,
    private readonly ends: Ends,
  ) {}

  /** Takes a STUN message; answers whether it belongs to TURN. */
  onStun(
    direction: 0 | 1,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): boolean {
    const method = stunMethod(bytes, start);
    if (method < StunMethod.allocate || method > StunMethod.channelBind) return false;
    if (this.firstFrame === 0) this.firstFrame = frame;
    const kind = stunClass(bytes, start);
    const isFromClient = method === StunMethod.data ? false : kind === 'request' || kind === 'indication';
    this.clientDirection = isFromClient ? direction : direction === 0 ? 1 : 0;
    const peer = stunPeer(bytes, start, end);
    if (peer === null) return true;
    if (method === StunMethod.channelBind && kind === 'request') {
      const channel = stunChannel(bytes, start, end);
      if (channel >= 0 && this.peers.size < maxPeers) this.peers.set(channel, peer);
    } else if (kind === 'indication') {
      const data = stunAttribute(bytes, start, end, StunAttribute.data);
      if (data) {
        const place = address < 0 ? address : address + data.start - start;
        this.pass(direction, peer, 'TURN', bytes, data.start, data.end, frame, timeNs, place);
      }
    }
    return true;
  }

  /** Takes the payload `bytes[start..end)` of a ChannelData message. */
  onChannelData(
    direction: 0 | 1,
    channel: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void {
    const name = `TURN channel 0x${channel.toString(16)}`;
    this.pass(direction, this.peers.get(channel) ?? null, name, bytes, start, end, frame, timeNs, address);
  }

  private pass(
    direction: 0 | 1,
    peer: Endpoint | null,
    label: string,
    bytes: Uint8Array,
    start: number,
    end: number,
    frame: number,
    timeNs: number,
    address: number,
  ): void {
    // RTP and RTCP alone are of interest (RFC 7983); checks of ICE and DTLS pass as well.
    if (end - start < 8 || bytes[start] >>> 6 !== 2) return;
    const client = this.ends[this.clientDirection];
    const remote = peer ?? this.ends[this.clientDirection === 0 ? 1 : 0];
    const key = peer ? formatEndpoint(peer) : label;
    let flow = this.flows.get(key);
    if (flow === undefined) {
      if (this.flows.size >= maxPeers) return;
      flow = this.framed.open(client, remote, label);
      this.flows.set(key, flow);
    }
    const isFromClient = direction === this.clientDirection;
    this.framed.datagram(isFromClient ? flow : flow + 1, bytes, start, end, frame, timeNs, address);
  }
}
