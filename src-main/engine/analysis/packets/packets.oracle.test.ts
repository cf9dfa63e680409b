import { describe, expect, it } from 'vitest';
import type { PacketRow } from '#shared/model/packet';
import { analyse, capturePath, capturesIn, hasTshark, tsharkFields } from '../../../testing/oracles';

/** Rows of all frames, as the table shows them. */
function allRows(path: string): PacketRow[] {
  const { list } = analyse(path).frameTable;
  const rows: PacketRow[] = [];
  for (;;) {
    const page = list.page({ offset: rows.length, limit: 1000 });
    rows.push(...(page.rows as unknown as PacketRow[]));
    if (rows.length >= page.totalRows) return rows;
  }
}

const names = ['public/sip-rtp', 'public/rtp-only', 'public/rtsp', 'public/hls-http', 'public/mjpeg-http'].flatMap(
  (folder) => capturesIn(folder, /\.(pcap|pcapng|cap)$/),
);
const fields = [
  'frame.number',
  'frame.time_relative',
  'frame.len',
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'udp.srcport',
  'udp.dstport',
  'tcp.srcport',
  'tcp.dstport',
  'sctp.srcport',
  'sctp.dstport',
] as const;

describe.skipIf(!hasTshark || names.length === 0)('packets of real captures', () => {
  it.each(names)('%s: what tshark says of each frame', { timeout: 120_000 }, (name) => {
    const path = capturePath(name);
    const rows = allRows(path);
    const known = tsharkFields(path, fields);
    expect(rows).toHaveLength(known.length);
    for (const [index, values] of known.entries()) {
      const [number, time, length, src, dst, src6, dst6, ...ports] = values;
      const row = rows[index];
      const where = `frame ${number}`;
      expect(row.number, where).toBe(Number(number));
      expect(row.timeSeconds, where).toBeCloseTo(Number(time), 6);
      expect(row.length, where).toBe(Number(length));
      // Packets that quote or carry others have several: the innermost one that is not a quotation counts.
      const sources = [...src.split(','), ...src6.split(',')].filter(Boolean);
      const destinations = [...dst.split(','), ...dst6.split(',')].filter(Boolean);
      if (sources.length === 0) continue;
      expect(sources, where).toContain(row.source);
      expect(destinations, where).toContain(row.destination);
      if (sources.length > 1 || row.sourcePort === null) continue;
      expect([row.sourcePort, row.destinationPort].map(String), where).toEqual(ports.filter(Boolean));
    }
  });
});
