import { describe, expect, it } from 'vitest';
import { Frame } from '../capture/frame';
import { IpProtocol, PacketView } from '../net/packet';
import type { ConversationKind } from '#shared/model/conversation';
import { type ConversationVerdict, conversationRows, countConversations } from './conversation-rows';
import { FlowTracker } from './flow-tracker';

/** A packet as the decoder would leave it: MAC addresses, then addresses at fixed places. */
function packetOf(
  source: readonly number[],
  destination: readonly number[],
  ports: readonly [number, number] | null,
  protocol: number = IpProtocol.udp,
): PacketView {
  const packet = new PacketView();
  packet.reset(new Uint8Array([2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1, ...source, ...destination]));
  packet.macDestination = 0;
  packet.macSource = 6;
  packet.ipVersion = source.length === 4 ? 4 : 6;
  packet.source = 12;
  packet.destination = 12 + source.length;
  packet.protocol = protocol;
  if (ports) [packet.sourcePort, packet.destinationPort] = ports;
  return packet;
}

function frameAt(number: number, timeNs: number, wireLength: number): Frame {
  const frame = new Frame();
  return Object.assign(frame, { number, timeNs, wireLength });
}

const hostA = [192, 0, 2, 1];
const hostB = [198, 51, 100, 6];

function rowsOf(flows: FlowTracker, kind: ConversationKind, verdict: ConversationVerdict | null = null) {
  const rows = conversationRows(flows, kind, () => verdict);
  return Array.from({ length: rows.count }, (_, i) => rows.row(i));
}

describe('FlowTracker', () => {
  it('puts both directions into one conversation, A being who sent first', () => {
    const flows = new FlowTracker();
    const forth = flows.track(frameAt(1, 0, 100), packetOf(hostA, hostB, [4000, 5000]));
    const back = flows.track(frameAt(2, 2e9, 60), packetOf(hostB, hostA, [5000, 4000]));
    expect([forth, back]).toEqual([1, 0]);
    expect(flows.endpoints(back)).toEqual({
      source: { address: '198.51.100.6', port: 5000 },
      destination: { address: '192.0.2.1', port: 4000 },
    });
    expect(flows.reverseOf(forth)).toBe(back);
    expect(rowsOf(flows, 'udp', { protocol: 'RTP', reason: 'test' })).toMatchObject([
      {
        addressA: '192.0.2.1',
        portA: 4000,
        bytesAToB: 100,
        bytesBToA: 60,
        durationSeconds: 2,
        bitsPerSecondAToB: 400,
        protocol: 'RTP',
      },
    ]);
    expect(rowsOf(flows, 'ipv4')).toMatchObject([
      { addressA: '192.0.2.1', addressB: '198.51.100.6', bytesAToB: 100, bytesBToA: 60, portA: null },
    ]);
    expect(rowsOf(flows, 'ethernet')).toMatchObject([
      { addressA: '02:00:00:00:00:01', addressB: '02:00:00:00:00:09', bytes: 160 },
    ]);
  });

  it('keeps protocols, ports and IP versions apart', () => {
    const flows = new FlowTracker();
    const v6 = (last: number) => [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last];
    flows.track(frameAt(1, 0, 100), packetOf(hostA, hostB, [4000, 5000]));
    flows.track(frameAt(2, 0, 100), packetOf(hostA, hostB, [4000, 5000], IpProtocol.tcp));
    flows.track(frameAt(3, 0, 100), packetOf(hostA, hostB, [4000, 5002]));
    flows.track(frameAt(4, 0, 100), packetOf(v6(1), v6(2), [4000, 4000]));
    expect(flows.track(frameAt(5, 0, 100), packetOf(v6(2), v6(1), [4000, 4000]))).toBe(7);
    expect(flows.track(frameAt(6, 0, 100), packetOf(hostA, hostB, null, IpProtocol.icmp))).toBe(-1);
    expect(countConversations(flows)).toMatchObject({ ipv4: 1, ipv6: 1, tcp: 1, udp: 3, ethernet: 1 });
    expect(rowsOf(flows, 'ipv4')[0].packets).toBe(4);
    expect(rowsOf(flows, 'ipv6')[0]).toMatchObject({
      addressA: '2001:db8::1',
      packetsAToB: 1,
      packetsBToA: 1,
    });
  });

  it('keeps directions apart in conversations whose sides stand the other way round', () => {
    const flows = new FlowTracker();
    // By ports B comes first, by address A does.
    for (const number of [1, 2, 3]) flows.track(frameAt(number, number, 100), packetOf(hostA, hostB, [4000, 5000]));
    flows.track(frameAt(4, 4, 60), packetOf(hostB, hostA, [5000, 4000]));
    const expected = { addressA: '192.0.2.1', packetsAToB: 3, bytesAToB: 300, packetsBToA: 1, bytesBToA: 60 };
    expect(rowsOf(flows, 'udp')).toMatchObject([expected]);
    expect(rowsOf(flows, 'ipv4')).toMatchObject([expected]);
  });

  it('counts on each link what ran over it, when a conversation changes its link', () => {
    const flows = new FlowTracker();
    const over = (lastOctet: number): PacketView => {
      const packet = packetOf(hostA, hostB, [4000, 5000]);
      packet.bytes[5] = lastOctet;
      return packet;
    };
    for (const [i, lastOctet] of [9, 9, 7, 9].entries()) flows.track(frameAt(i + 1, i * 1e9, 100), over(lastOctet));
    const noLink = over(9);
    noLink.macSource = -1;
    flows.track(frameAt(5, 5e9, 100), noLink);
    expect(rowsOf(flows, 'ethernet')).toMatchObject([
      { addressB: '02:00:00:00:00:09', packets: 3, bytes: 300, startSeconds: 0, durationSeconds: 3 },
      { addressB: '02:00:00:00:00:07', packets: 1, bytes: 100, startSeconds: 2, durationSeconds: 0 },
    ]);
    expect(rowsOf(flows, 'ipv4')).toMatchObject([{ packets: 5, durationSeconds: 5 }]);
    expect(rowsOf(flows, 'udp')).toMatchObject([{ packets: 5 }]);
  });

  it('holds many conversations', () => {
    const flows = new FlowTracker();
    const count = 20_000;
    for (let i = 0; i < count; i += 1) {
      const host = [10, 0, i >>> 8, i & 255];
      expect(flows.track(frameAt(2 * i + 1, i, 64), packetOf(host, hostB, [30_000, 5060]))).toBe(2 * i);
      expect(flows.track(frameAt(2 * i + 2, i, 64), packetOf(hostB, host, [5060, 30_000]))).toBe(2 * i + 1);
    }
    expect(flows.udp).toHaveLength(count);
    expect(flows.endpoints(2 * 300).source).toEqual({ address: '10.0.1.44', port: 30_000 });
  });
});
