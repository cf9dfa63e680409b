import { describe, expect, it } from 'vitest';
import type { ConversationRow } from '#shared/model/conversation';
import type { TableId } from '#shared/query/table-query';
import { buildPcap, concat } from '../../capture/testing/capture-builder';
import { aMsdu, be16, be32, hep, inIpv4, inUdp, wlan, zeros } from '../../link/testing/encapsulations';
import { ethernet, ipv4, udp } from '../../net/testing/packet-builder';
import { CaptureAnalysis } from './capture-analysis';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** A PCMU packet of 20 ms. */
function rtp(sequence: number, ssrc: number): Uint8Array {
  return concat(be16(0x8000, sequence), be32(sequence * 160, ssrc), zeros(160).fill(0x55));
}

/** The whole analysis of frames, 20 ms apart. */
function analyse(linkType: number, frames: readonly Uint8Array[], everyMs = 20): CaptureAnalysis {
  const records = frames.map((bytes, i) => ({ bytes, timeNs: BigInt(i * everyMs) * 1_000_000n }));
  const file = buildPcap(records, { linkType });
  const opened = CaptureAnalysis.open({
    size: file.length,
    read: (offset: number, target: Uint8Array) => {
      const part = file.subarray(offset, offset + target.length);
      target.set(part);
      return part.length;
    },
  });
  if (!opened.ok) throw new Error(opened.error.message);
  while (opened.value.ingest(() => false));
  opened.value.finish();
  return opened.value;
}

function rows(analysis: CaptureAnalysis, table: TableId, scope?: string) {
  return analysis.tables.page({ table, scope, offset: 0, limit: 500 })?.rows ?? [];
}

const invite = text(
  [
    'INVITE sip:bob@example.org SIP/2.0',
    'Via: SIP/2.0/SCTP a.example.org;branch=z9hG4bK1',
    'From: <sip:alice@example.org>;tag=1',
    'To: <sip:bob@example.org>',
    'Call-ID: tunnel@example.org',
    'CSeq: 1 INVITE',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n'),
);

describe('packets inside other packets', () => {
  it('finds streams whose packets share frames, and reads them again', () => {
    const packet = (sequence: number, port: number) =>
      ipv4(17, udp(port, 6004, rtp(sequence, port)), { identification: sequence });
    const frames = Array.from({ length: 30 }, (_, i) =>
      wlan(aMsdu(packet(2 * i, 5004), packet(2 * i + 1, 5004), packet(i, 5010)), { qos: 0x80 }),
    );
    const analysis = analyse(105, frames, 40);
    const streams = analysis.streams().map(({ dst, lost, packets, src }) => ({ src, dst, packets, lost }));
    expect(streams).toEqual([
      { src: '192.0.2.1:5004', dst: '192.0.2.2:6004', packets: 60, lost: 0 },
      { src: '192.0.2.1:5010', dst: '192.0.2.2:6004', packets: 30, lost: 0 },
    ]);
    for (const { id, packets } of analysis.streams()) {
      const sequences = rows(analysis, 'rtp-packets', id).map((row) => row.sequence);
      expect(sequences).toEqual(Array.from({ length: packets }, (_, i) => i));
    }
    // A frame counts once between its stations, and once for each packet in it.
    expect(rows(analysis, 'conversations.wlan')).toMatchObject([{ packets: 30 }]);
    expect(rows(analysis, 'conversations.ipv4')).toMatchObject([{ packets: 90 }]);
    expect(analysis.facts()).toMatchObject({ packets: 30, duplicateFrames: 0 });
  });

  it('finds media in a tunnel, and says what the tunnel is', () => {
    const frames = Array.from({ length: 30 }, (_, i) => {
      const inner = ethernet(0x0800, ipv4(17, udp(5004, 6004, rtp(i, 1)), { identification: i }));
      return inUdp(4789, concat(be32(0x0800_0000, 0x100), inner));
    });
    const analysis = analyse(1, frames);
    expect(analysis.streams()).toMatchObject([{ src: '192.0.2.1:5004', packets: 30 }]);
    const udpRows = rows(analysis, 'conversations.udp') as unknown as ConversationRow[];
    expect(udpRows.map(({ addressA, packets, protocol }) => [addressA, packets, protocol])).toEqual([
      ['198.51.100.1', 30, 'VXLAN'],
      ['192.0.2.1', 30, 'RTP'],
    ]);
    expect(rows(analysis, 'conversations.ipv4')).toMatchObject([
      { addressA: '198.51.100.1', packets: 30 },
      { addressA: '192.0.2.1', packets: 30 },
    ]);
    expect(rows(analysis, 'conversations.ethernet')).toMatchObject([{ packets: 60 }]);
  });

  it('reads SIP from HEP and from SCTP', () => {
    const copied = analyse(1, [inUdp(9060, hep(6, invite))]);
    expect(copied.callRows()).toMatchObject([{ callIds: ['tunnel@example.org'] }]);
    const chunk = concat(be16(3), be16(16 + invite.length), be32(1), be16(0, 0), be32(0), invite);
    const sctp = analyse(1, [inIpv4(132, concat(be16(5060, 5060), zeros(8), chunk))]);
    expect(sctp.callRows()).toMatchObject([{ callIds: ['tunnel@example.org'], messages: 1 }]);
  });

  it('counts copies, and shows them to streams alone', () => {
    const frames = Array.from({ length: 30 }, (_, i) =>
      ethernet(0x0800, ipv4(17, udp(5004, 6004, rtp(i, 1)), { identification: i + 1 })),
    ).flatMap((frame) => [frame, frame]);
    const sip = ethernet(0x0800, ipv4(17, udp(5060, 5060, invite), { identification: 900 }));
    const analysis = analyse(1, [sip, sip, ...frames], 5);
    expect(analysis.facts()).toMatchObject({ packets: 62, duplicateFrames: 31 });
    expect(analysis.streams()).toMatchObject([{ packets: 60, duplicates: 30, lost: 0 }]);
    expect(analysis.callRows()).toMatchObject([{ messages: 1 }]);
    expect(rows(analysis, 'conversations.udp')).toMatchObject([{ packets: 2 }, { packets: 60 }]);
    expect(rows(analysis, 'diagnostics')).toContainEqual(
      expect.objectContaining({ code: 'duplicate-frame', count: 31, firstFrame: 2 }),
    );
  });

  it('notes wrong checksums', () => {
    const damaged = udp(5004, 6004, rtp(1, 1));
    damaged.set([0x12, 0x34], 6);
    const analysis = analyse(1, [ethernet(0x0800, ipv4(17, damaged))]);
    expect(rows(analysis, 'diagnostics')).toMatchObject([{ code: 'udp-checksum', count: 1, firstFrame: 1 }]);
  });
});
