import { execFile } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { capturePath, hasCaptures, hasTshark } from '../../testing/oracles';
import { Frame } from '../capture/frame';
import { openCapture } from '../capture/open';
import { TestSink } from '../capture/testing/collect';
import { formatAddress } from '../net/endpoint';
import { IpProtocol, PacketView } from '../net/packet';
import { PacketDecoder } from './packet-decoder';

/*
 * Every frame of real captures as tshark sees it: number, time, addresses, ports, payload lengths.
 * Runs where tshark and a collection of captures are at hand.
 */

const captures = capturePath('');
const isPossible = hasTshark && hasCaptures;

const fields = [
  'frame.time_epoch',
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'udp.srcport',
  'udp.dstport',
  'udp.length',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.len',
];

/** Doubles hold nanoseconds exactly this long; merged captures span years. */
const exactNs = 2 ** 53;

/** Files where tshark and Tapdeck differ on purpose, and why. */
const differences: Record<string, string> = {
  'gopacket-be-test901.pcapng': 'tshark stops at a section of an unknown version, Tapdeck passes over it',
  'gopacket-le-test901.pcapng': 'tshark stops at a section of an unknown version, Tapdeck passes over it',
  'ntar-test010.ntar': 'tshark wants the length of a block to be padded, and reads nothing',
  'dsa-marvell.pcap': 'tshark refuses the link type',
  '100_packets.erf': 'a format to come',
  'solaris.snoop': 'a format to come',
  'dns+icmp.pcapng.gz': 'compression to come',
  'fritzbox-ip.pcap.zst': 'compression to come',
  'pcapng-example.pcapng.zst': 'compression to come',
};

async function tsharkRows(file: string): Promise<string[]> {
  const columns = fields.flatMap((field) => ['-e', field]);
  const args = ['-n', '-r', file, '-T', 'fields', ...columns];
  // It fails on a file that is cut, after it has shown what is there.
  const stdout = await new Promise<string>((done) => {
    execFile('tshark', args, { maxBuffer: 1 << 30 }, (_error, text) => done(text));
  });
  return stdout.split('\n').slice(0, -1);
}

/** The same columns from Tapdeck; `compared` says how tshark's row is to be read. */
function ourRows(file: string): { row: string[]; compared: (theirs: string[]) => string[] }[] {
  const fd = openSync(file, 'r');
  try {
    const source = {
      size: fstatSync(fd).size,
      read: (offset: number, target: Uint8Array) => readSync(fd, target, 0, target.length, offset),
    };
    const sink = new TestSink();
    const opened = openCapture(source, sink);
    if (!opened.ok) throw new Error(opened.error.message);
    const frame = new Frame();
    const packet = new PacketView();
    const decoder = new PacketDecoder(sink);
    const rows = [];
    while (opened.value.next(frame)) {
      decoder.decode(frame, packet);
      const row = [epoch(opened.value.firstTimeNs, frame.timeNs), ...packetColumns(packet)];
      const isInexact = Math.abs(frame.timeNs) > exactNs;
      const isIcmp = packet.protocol === IpProtocol.icmp || packet.protocol === IpProtocol.icmpv6;
      const outers = packet.outers.slice(0, packet.outerCount).map(({ ipVersion }) => ipVersion);
      const isTunnel = outers.includes(4) || outers.includes(6);
      const { ipVersion } = packet;
      rows.push({
        row,
        compared: ([time, ...rest]: string[]) => [
          // Frames without a time, and those too far from the first, are compared without it.
          time === '' || isInexact ? row[0] : time,
          ...rest.map((value, i) => {
            const values = value.split(',');
            // The innermost packet is that of the frame; but tshark goes into the packet that an ICMP error quotes.
            if (i >= 4) return isIcmp ? '' : (values.at(-1) ?? '');
            if (isTunnel && (i < 2 ? 4 : 6) !== ipVersion) return '';
            return isIcmp ? values[outers.filter((version) => version === ipVersion).length] : (values.at(-1) ?? '');
          }),
        ],
      });
    }
    return rows;
  } finally {
    closeSync(fd);
  }
}

function packetColumns(packet: PacketView): string[] {
  const columns = new Array<string>(10).fill('');
  if (packet.ipVersion === 0) return columns;
  const isV4 = packet.ipVersion === 4;
  columns[isV4 ? 0 : 2] = formatAddress(packet.bytes, packet.source, isV4 ? 4 : 16);
  columns[isV4 ? 1 : 3] = formatAddress(packet.bytes, packet.destination, isV4 ? 4 : 16);
  if (packet.sourcePort < 0) return columns;
  const length = packet.payloadEnd - packet.payloadStart + packet.payloadMissing;
  const ports = [String(packet.sourcePort), String(packet.destinationPort)];
  if (packet.protocol === IpProtocol.udp) columns.splice(4, 3, ...ports, String(length + 8));
  if (packet.protocol === IpProtocol.tcp) columns.splice(7, 3, ...ports, String(length));
  return columns;
}

function epoch(firstNs: bigint | null, timeNs: number): string {
  const ns = (firstNs ?? 0n) + BigInt(timeNs);
  return `${ns / 1_000_000_000n}.${String(ns % 1_000_000_000n).padStart(9, '0')}`;
}

const isCapture = (name: string): boolean => !/\.(txt|json|sdp|key|keys|log|md)$/.test(name);

const folders: [folder: string, names: (name: string) => boolean][] = [
  ['public/pcapng-conformance', () => true],
  ['public/file-formats', () => true],
  ['public/sip-rtp', () => true],
  ['public/wlan', () => true],
  ['live/drive', () => true],
  ['live/voip', (name) => /^(sip_|baresip_(pcmu|l16|dtmf|ipv6)|rtp_only)/.test(name)],
  ['live/misc', (name) => !name.endsWith('.gz')],
];

describe.skipIf(!isPossible)('frames and packets as tshark sees them (needs tshark and captures)', () => {
  it.each(folders)('%s', { timeout: 300_000 }, async (folder, isWanted) => {
    const path = join(captures, folder);
    if (!existsSync(path)) return;
    const names = readdirSync(path).filter((name) => isCapture(name) && isWanted(name) && !(name in differences));
    expect(names.length).toBeGreaterThan(0);
    const faults: unknown[] = [];
    for (const name of names) {
      const file = join(path, name);
      const theirs = await tsharkRows(file);
      const ours = ourRows(file);
      if (ours.length !== theirs.length) faults.push([name, 'frames', ours.length, theirs.length]);
      const at = ours.findIndex(
        ({ row, compared }, i) => theirs[i] !== undefined && row.join() !== compared(theirs[i].split('\t')).join(),
      );
      if (at >= 0)
        faults.push([name, `frame ${at + 1}`, ours[at].row.join(), ours[at].compared(theirs[at].split('\t')).join()]);
    }
    expect(faults).toEqual([]);
  });
});
