import { describe, expect, it } from 'vitest';
import type { ConversationRow } from '#shared/model/conversation';
import { analyse, capturePath, capturesIn, hasCaptures, hasTshark, tsharkFields } from '../../../testing/oracles';

interface Tally {
  packets: number;
  bytes: number;
}

const sources = [
  'sip_pcmu',
  'sip_tcp',
  'sip_ipv6',
  'sip_encap_vlan',
  'sip_encap_sll2',
  'sip_failed_calls',
  'sip_snaplen96',
];
const files = [
  ...sources.map((name) => `live/voip/${name}.pcapng`),
  ...capturesIn('public/sip-rtp', /^(MagicJack|SIP_CALL|maryls).*\.pcap$/),
];

type Tallies = Record<'ethernet' | 'ipv4' | 'ipv6' | 'tcp' | 'udp', Map<string, Tally>>;

/** Frames and bytes of each direction, `source>destination`, counted from the fields that tshark prints. */
function tsharkTallies(path: string): Tallies {
  const tallies: Tallies = { ethernet: new Map(), ipv4: new Map(), ipv6: new Map(), tcp: new Map(), udp: new Map() };
  const pairs = ['eth', 'ip', 'ipv6'].flatMap((name) => [`${name}.src`, `${name}.dst`]);
  const ports = ['tcp', 'udp'].flatMap((name) => [`${name}.srcport`, `${name}.dstport`]);
  // The first occurrence of a field is that of the outer header: ICMP errors quote another one.
  const rows = tsharkFields(path, ['frame.len', 'icmp.type', 'icmpv6.type', ...pairs, ...ports], '-E', 'occurrence=f');
  for (const [length, icmp, icmpv6, macFrom, macTo, from4, to4, from6, to6, tcpFrom, tcpTo, udpFrom, udpTo] of rows) {
    const add = (kind: keyof Tallies, source: string, destination: string): void => {
      const key = `${source}>${destination}`;
      const { packets, bytes } = tallies[kind].get(key) ?? { packets: 0, bytes: 0 };
      tallies[kind].set(key, { packets: packets + 1, bytes: bytes + Number(length) });
    };
    const [from, to] = [from4 || from6, to4 || to6];
    if (macFrom) add('ethernet', macFrom, macTo);
    if (from4) add('ipv4', from4, to4);
    if (from6) add('ipv6', from6, to6);
    if (icmp || icmpv6) continue;
    if (tcpFrom) add('tcp', `${from} ${tcpFrom}`, `${to} ${tcpTo}`);
    if (udpFrom) add('udp', `${from} ${udpFrom}`, `${to} ${udpTo}`);
  }
  return tallies;
}

function ourTally(rows: readonly ConversationRow[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  for (const row of rows) {
    const a = row.portA === null ? row.addressA : `${row.addressA} ${row.portA}`;
    const b = row.portB === null ? row.addressB : `${row.addressB} ${row.portB}`;
    if (row.packetsAToB > 0) tallies.set(`${a}>${b}`, { packets: row.packetsAToB, bytes: row.bytesAToB });
    if (row.packetsBToA > 0) tallies.set(`${b}>${a}`, { packets: row.packetsBToA, bytes: row.bytesBToA });
  }
  return tallies;
}

describe.skipIf(!hasCaptures || !hasTshark)('conversations as tshark counts them', () => {
  it.each(files)('%s', (name) => {
    const path = capturePath(name);
    const analysis = analyse(path);
    const theirs = tsharkTallies(path);
    for (const kind of ['ethernet', 'ipv4', 'ipv6', 'tcp', 'udp'] as const) {
      const page = analysis.tables.page({ table: `conversations.${kind}`, offset: 0, limit: 1000 });
      const ours = ourTally((page?.rows ?? []) as unknown as ConversationRow[]);
      expect(Object.fromEntries(ours), kind).toEqual(Object.fromEntries(theirs[kind]));
    }
  });
});
