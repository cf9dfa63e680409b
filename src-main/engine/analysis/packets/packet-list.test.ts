import { describe, expect, it } from 'vitest';
import { concat } from '../../capture/testing/capture-builder';
import { ethernet, ipv4, ipv6, tcp, udp } from '../../net/testing/packet-builder';
import { analysed, packetRows } from './testing/analysed';

const payload = (length: number): Uint8Array => new Uint8Array(length).fill(0x55);
const arp = ethernet(
  0x0806,
  Uint8Array.of(0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 10, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 192, 0, 2, 9),
);
const dns = Uint8Array.of(0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0x61, 1, 0x62, 0, 0, 1, 0, 1);
const message = Buffer.from(
  'OPTIONS sip:b@example.net SIP/2.0\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n',
);
const frames = [
  ethernet(0x0800, ipv4(17, udp(4000, 5000, payload(10)))),
  ethernet(0x0800, ipv4(6, tcp(40000, 80, payload(100), { sequence: 7, flags: 0x18 }))),
  arp,
  ethernet(0x86dd, ipv6(17, udp(4000, 53, dns))),
  ethernet(0x0800, ipv4(17, udp(5060, 5060, message), { source: '192.0.2.77' })),
  ethernet(0x0800, ipv4(1, Uint8Array.of(8, 0, 0, 0, 0, 1, 0, 2))),
  ethernet(0x0800, ipv4(17, udp(5000, 4000, payload(300)), { source: '192.0.2.2', destination: '192.0.2.1' })),
];
const numbers = (filter: string, sort?: { column: string; direction: 'asc' | 'desc' }): number[] =>
  packetRows(analysed(frames), { filter, sort }).map(({ number }) => number);

describe('PacketList', () => {
  it('says of every frame what it is', () => {
    const rows = packetRows(analysed(frames));
    expect(rows.map(({ protocol }) => protocol)).toEqual(['UDP', 'TCP', 'ARP', 'DNS', 'SIP', 'ICMP', 'UDP']);
    expect(rows.map(({ info }) => info)).toEqual([
      '4000 → 5000 Len=10',
      '40000 → 80 [PSH, ACK] Seq=7 Ack=0 Win=8192 Len=100',
      'Who has 192.0.2.9? Tell 192.0.2.1',
      'Query 0x1234 A a.b',
      'OPTIONS sip:b@example.net SIP/2.0',
      'Echo id=0x0001 seq=2',
      '5000 → 4000 Len=300',
    ]);
    expect(rows[0]).toMatchObject({
      number: 1,
      timeSeconds: 0,
      source: '192.0.2.1',
      destination: '192.0.2.2',
      length: 52,
      sourcePort: 4000,
      conversation: 'udp-0',
    });
    expect(rows[2]).toMatchObject({
      source: '02:00:00:00:00:0a',
      destination: '02:00:00:00:00:0b',
      conversation: null,
    });
    expect(rows[3]).toMatchObject({ source: '2001:db8::1', destination: '2001:db8::2' });
  });

  it('filters by everything that a row has', () => {
    expect(numbers('port:5000')).toEqual([1, 7]);
    expect(numbers('port:500')).toEqual([]);
    expect(numbers('srcport=5000')).toEqual([7]);
    expect(numbers('src:192.0.2.77')).toEqual([5]);
    expect(numbers('host=192.0.2.2 not protocol:udp')).toEqual([2, 5, 6]);
    expect(numbers('mac="02:00:00:00:00:0a" protocol:arp')).toEqual([3]);
    expect(numbers('number>=6')).toEqual([6, 7]);
    expect(numbers('time<0.0015')).toEqual([1, 2]);
    expect(numbers('length>100 length<200')).toEqual([2, 5]);
    expect(numbers('protocol:dns or protocol:icmp')).toEqual([4, 6]);
    expect(numbers('echo')).toEqual([6]);
    expect(numbers('info:options')).toEqual([5]);
    expect(numbers('conversation:udp-0')).toEqual([1, 7]);
    expect(numbers('conversation:udp-0 length>100')).toEqual([7]);
    expect(numbers('conversation:udp-9')).toEqual([]);
    expect(numbers('stream:rtp-1')).toEqual([]);
  });

  it('sorts by columns, ties in the order of the capture', () => {
    const all = (column: string, direction: 'asc' | 'desc' = 'asc') => numbers('', { column, direction });
    expect(all('number', 'desc')).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(all('timeSeconds', 'desc')).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(all('protocol')).toEqual([3, 4, 6, 5, 2, 1, 7]);
    expect(all('length', 'desc')[0]).toBe(7);
    expect(all('sourcePort')).toEqual([1, 4, 7, 5, 2, 3, 6]);
    expect(numbers('protocol:udp', { column: 'length', direction: 'desc' })).toEqual([7, 1]);
    // Not by what it cannot sort by.
    expect(all('info')).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('says which character of a filter is wrong, and shows all rows then', () => {
    const { list } = analysed(frames).frameTable;
    const page = list.page({ offset: 0, limit: 2, filter: 'port:1 nosuch:2' });
    expect(page).toMatchObject({ matchingRows: 7, filterError: { position: 7 } });
    expect(page.rows).toHaveLength(2);
  });

  it('shows what it found so far, and goes on with frames that come later', () => {
    const many = Array.from({ length: 3000 }, (_, i) => frames[i % frames.length]);
    const analysis = analysed(many, { isLoading: true });
    const { list } = analysis.frameTable;
    const order = { filter: 'protocol:sip', sort: { column: 'number', direction: 'desc' as const } };
    expect(list.page({ offset: 0, limit: 10, ...order })).toMatchObject({ matchingRows: 0, isPending: true });
    list.work(() => true);
    const some = list.page({ offset: 0, limit: 10, ...order });
    expect(some.matchingRows).toBeGreaterThan(0);
    expect(some).toMatchObject({ isPending: true, totalRows: 3000 });
    while (list.work(() => true));
    analysis.finish();
    while (list.work(() => true));
    const done = list.page({ offset: 0, limit: 1000, ...order });
    expect(done).toMatchObject({ matchingRows: 428, isPending: false });
    expect(done.rows[0].number).toBe(427 * 7 + 5);
    // The latest question wins.
    expect(list.page({ offset: 0, limit: 1, filter: 'protocol:arp' })).toMatchObject({
      matchingRows: 0,
      isPending: true,
    });
  });

  it('finds where a frame or a time stands', () => {
    const { list } = analysed(frames).frameTable;
    expect(list.locate({ frame: 5 }, {})).toEqual({ index: 4, number: 5 });
    expect(list.locate({ frame: 50 }, {})).toBeNull();
    expect(list.locate({ timeSeconds: 0.0035 }, {})).toEqual({ index: 3, number: 4 });
    expect(list.locate({ timeSeconds: -1 }, {})).toEqual({ index: 0, number: 1 });
    const descending = { sort: { column: 'number', direction: 'desc' as const } };
    expect(list.locate({ frame: 7 }, descending)).toEqual({ index: 0, number: 7 });
    const filtered = { filter: 'protocol:udp' };
    list.locate({ frame: 7 }, filtered);
    while (list.work(() => true));
    expect(list.locate({ frame: 7 }, filtered)).toEqual({ index: 1, number: 7 });
    expect(list.locate({ frame: 2 }, filtered)).toBeNull();
    expect(list.locate({ timeSeconds: 0.004 }, filtered)).toEqual({ index: 0, number: 1 });
  });

  it('reads a datagram in fragments as the frame that completed it', () => {
    const datagram = udp(4000, 5000, payload(2000));
    const parts = [
      ethernet(0x0800, ipv4(17, datagram.subarray(0, 1480), { hasMore: true })),
      ethernet(0x0800, ipv4(17, datagram.subarray(1480), { fragmentOffset: 1480 })),
    ];
    const analysis = analysed([...frames, ...parts]);
    const rows = packetRows(analysis);
    expect(rows[7]).toMatchObject({ protocol: 'IPv4', conversation: null, source: '192.0.2.1' });
    expect(rows[8]).toMatchObject({ protocol: 'UDP', info: '4000 → 5000 Len=2000', conversation: 'udp-0' });
    const detail = analysis.frameTable.detail(9);
    expect(detail?.buffers.map(({ title }) => title)).toEqual(['Frame', 'Reassembled IPv4']);
    expect(detail?.layers.map(({ id, buffer }) => `${id} ${buffer}`)).toEqual([
      'frame 0',
      'ethernet 0',
      'ipv4 0',
      'data 0',
      'udp 1',
      'data 1',
    ]);
  });

  it('goes on behind headers that have no layer of their own', () => {
    const inside = ethernet(0x0800, ipv4(17, udp(4000, 5000, payload(4)), { source: '198.51.100.1' }));
    const vxlan = concat(Uint8Array.of(8, 0, 0, 0, 0, 0, 7, 0), inside);
    const analysis = analysed([ethernet(0x0800, ipv4(17, udp(50000, 4789, vxlan)))]);
    expect(packetRows(analysis)[0]).toMatchObject({ source: '198.51.100.1', sourcePort: 4000, length: 96 });
    const layers = analysis.frameTable.detail(1)?.layers ?? [];
    expect(layers.map(({ id }) => id).join(' ')).toBe('frame ethernet ipv4 udp encapsulation ipv4 udp data');
    expect(layers[4]).toMatchObject({ title: 'VXLAN', offset: 42, length: 22 });
  });
});
