import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { ConversationKind, ConversationRow } from '#shared/model/conversation';
import { analyse, capturePath, capturesIn, hasCaptures, hasTshark, tsharkFields } from '../../../testing/oracles';

/*
 * Conversations of captures with tunnels, fragments and wireless frames as tshark counts them: every header of a
 * frame in its own conversation. `-z conv,ipv6` leaves fragments out, which `-z conv,ip` counts; `-z conv,wlan` leaves
 * out frames whose payload it finds malformed, and gives acknowledgments, which have no source, that of some frame
 * before. These two are therefore counted from the fields of each frame.
 */

/** Names for `-z conv,...`, and the titles of what it prints. */
const taps = {
  ethernet: ['eth', 'Ethernet'],
  ipv4: ['ip', 'IPv4'],
  tcp: ['tcp', 'TCP'],
  udp: ['udp', 'UDP'],
  sctp: ['sctp', 'SCTP'],
} as const;
const tappedKinds = Object.keys(taps) as (keyof typeof taps)[];

/** Files where the two differ on purpose, and why. */
const differences: Record<string, string> = {
  'public/file-formats/dsa-marvell.pcap': 'tshark refuses the link type',
  'public/file-formats/ntar-test010.ntar': 'tshark wants the length of a block to be padded, and reads nothing',
};

const isCapture = /\.(pcap|pcapng|cap|ntar)$/;
const files = [
  ...capturesIn('public/file-formats', isCapture),
  ...capturesIn('public/wlan', isCapture),
  ...capturesIn('live/drive', isCapture),
  ...capturesIn('live/voip', /sip_(encap_.*|ipfrag)\.pcapng$/),
  ...capturesIn('live/misc', isCapture),
  ...capturesIn('public/sip-rtp', /(sngrep-.*|vowifi.*)\.pcap$/),
  // GTP-U.
  ...capturesIn('public', /^(negative\/ndpi-false_positives|other-voip\/ndpi-zoom|rtmp\/ndpi-rtmp)\.pcap(ng)?$/),
].filter((name) => !(name in differences));

interface Counts {
  readonly packets: number;
  readonly bytes: number;
}

/** `a>b` with frames and bytes, from lines as `a <-> b  frames bytes  frames bytes ...`; large sizes are rounded. */
function tappedConversations(path: string): Partial<Record<ConversationKind, Map<string, Counts>>> {
  const result: Partial<Record<ConversationKind, Map<string, Counts>>> = {};
  const args = ['-n', '-r', path, '-q', ...tappedKinds.flatMap((kind) => ['-z', `conv,${taps[kind][0]}`])];
  // It fails on a file that is cut, after it has shown what is there.
  const { stdout } = spawnSync('tshark', args, { encoding: 'utf8' });
  const sections = stdout.split(/^={70,}$/m).map((part) => part.trimStart());
  for (const kind of tappedKinds) {
    const section = sections.find((part) => part.startsWith(`${taps[kind][1]} Conversations`));
    if (section === undefined) throw new Error(`tshark says nothing about ${kind} in ${path}`);
    const counts = new Map<string, Counts>();
    for (const line of section.split('\n')) {
      const match = /^(\S+)\s+<->\s+(\S+)\s+(\d+) (\d+ \w+)\s+(\d+) (\d+ \w+)\s/.exec(line);
      if (match === null) continue;
      const [, a, b, framesBack, bytesBack, frames, bytes] = match;
      add(counts, `${a}>${b}`, Number(frames), sizeOf(bytes));
      add(counts, `${b}>${a}`, Number(framesBack), sizeOf(bytesBack));
    }
    result[kind] = counts;
  }
  return result;
}

/** Conversations by the addresses of each frame. */
function countedConversations(path: string): { ipv6: Map<string, Counts>; wlan: Map<string, Counts> } {
  const ipv6 = new Map<string, Counts>();
  const wlan = new Map<string, Counts>();
  const fields = ['frame.len', 'ipv6.src', 'ipv6.dst', 'wlan.sa', 'wlan.da', 'wlan.ta', 'wlan.ra', 'icmpv6.type'];
  for (const [length, source, destination, sa, da, ta, ra, icmp] of tsharkFields(path, fields)) {
    const targets = destination.split(',');
    // ICMP errors quote a packet, which is none of this frame.
    const sources = icmp === '' ? source.split(',') : [source.split(',')[0]];
    sources.forEach((from, i) => {
      if (from !== '') add(ipv6, `${from}>${targets[i]}`, 1, Number(length));
    });
    if (sa !== '') add(wlan, `${sa.split(',')[0]}>${da.split(',')[0]}`, 1, Number(length));
    else if (ra !== '') add(wlan, `${ta || ra}>${ra}`, 1, Number(length));
  }
  for (const counts of [ipv6, wlan]) {
    for (const [key, { packets, bytes }] of counts) counts.set(key, { packets, bytes: rounded(bytes) });
  }
  return { ipv6, wlan };
}

function add(counts: Map<string, Counts>, key: string, packets: number, bytes: number): void {
  if (packets === 0) return;
  const before = counts.get(key) ?? { packets: 0, bytes: 0 };
  counts.set(key, { packets: before.packets + packets, bytes: before.bytes + bytes });
}

function sizeOf(text: string): number {
  const [value, unit] = text.split(' ');
  return Number(value) * (unit === 'kB' ? 1e3 : unit === 'MB' ? 1e6 : 1);
}

/** As tshark rounds: to kB from 10 000 bytes on, to MB from 10 000 000 on. */
function rounded(bytes: number): number {
  if (bytes >= 10e6) return Math.floor(bytes / 1e6) * 1e6;
  return bytes >= 10e3 ? Math.floor(bytes / 1e3) * 1e3 : bytes;
}

describe.skipIf(!hasCaptures || !hasTshark)('tunnels, fragments and wireless as tshark counts them', () => {
  it.each(files)('%s', { timeout: 60_000 }, (name) => {
    const path = capturePath(name);
    const analysis = analyse(path);
    const theirs = { ...tappedConversations(path), ...countedConversations(path) };
    for (const [kind, counts] of Object.entries(theirs)) {
      const page = analysis.tables.page({
        table: `conversations.${kind as ConversationKind}`,
        offset: 0,
        limit: 10_000,
      });
      const ours = new Map<string, Counts>();
      for (const row of (page?.rows ?? []) as unknown as ConversationRow[]) {
        const a = row.portA === null ? row.addressA : `${row.addressA}:${row.portA}`;
        const b = row.portB === null ? row.addressB : `${row.addressB}:${row.portB}`;
        add(ours, `${a}>${b}`, row.packetsAToB, rounded(row.bytesAToB));
        add(ours, `${b}>${a}`, row.packetsBToA, rounded(row.bytesBToA));
      }
      expect(Object.fromEntries(ours), kind).toEqual(Object.fromEntries(counts));
    }
  });
});
