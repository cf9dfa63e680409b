import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  buildErf,
  buildNetmon,
  buildPcap,
  buildSnoop,
  concat,
  PcapngBuilder,
} from '#engine/capture/testing/capture-builder';
import { Conversations, type Side } from '#engine/analysis/sessions/testing/conversations';
import { packHeader, pesPackets, programStreamMap } from '#engine/containers/mpeg-ps/testing/ps-builder';
import { h264Unit, sampleStream } from '#engine/containers/mpeg-ts/testing/ts-builder';
import { rawZstd } from '../../workers/testing/zstd-builder';

export interface FuzzSeed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Of a large capture the beginning is enough. */
const seedBytes = 40 << 10;
const isCapture = /\.(pcap|pcapng|cap|snoop|erf|ntar|gz|zst)$/;

/** Seeds that are always there: the project's own captures, and one of each format. */
export function ownSeeds(root: string): FuzzSeed[] {
  const folders = ['assets/samples', 'e2e/fixtures/captures'].map((folder) => join(root, folder));
  const files = folders.flatMap((folder) => readSeeds(folder));
  const [call] = files.filter(({ name }) => name.endsWith('call.pcapng'));
  const head = call?.bytes ?? new Uint8Array(1);
  return [
    ...files,
    ...builtSeeds(),
    ...mpegSeeds(),
    { name: 'gzip', bytes: new Uint8Array(gzipSync(head)) },
    { name: 'zstd', bytes: new Uint8Array(rawZstd(head)) },
  ];
}

/** Real captures in a folder and below; none where it is not. */
export function realSeeds(folder: string): FuzzSeed[] {
  return existsSync(folder) ? readSeeds(folder) : [];
}

function readSeeds(folder: string): FuzzSeed[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => isCapture.test(name))
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).size > 0)
    .map((path) => ({ name: path, bytes: new Uint8Array(readFileSync(path).subarray(0, seedBytes)) }));
}

function builtSeeds(): FuzzSeed[] {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const records = Array.from({ length: 12 }, (_, i) => ({
    bytes: Uint8Array.from({ length: 60 + 9 * i }, (_each, at) => (at * 7 + i) & 0xff),
    timeNs: 1_700_000_000_000_000_000n + BigInt(i) * 1_000_000n,
  }));
  const section = (builder: PcapngBuilder): Uint8Array =>
    concat(
      builder.section([
        [1, text('comment')],
        [4, text('program')],
      ]),
      builder.interface(1, [builder.option(9, 1, 9), [2, text('eth0')], [11, text('\0udp')]]),
      builder.names([1, Uint8Array.of(192, 0, 2, 1), 'name']),
      builder.secrets(0x544c534b, text('CLIENT_RANDOM 00 11\n')),
      ...records.map(({ bytes, timeNs }) => builder.packet(bytes, timeNs, 0, {}, [[1, text('look')]])),
      builder.simplePacket(records[0].bytes),
      builder.oldPacket(records[1].bytes, 5n),
      builder.statistics(0, [builder.option(4, 8, 9), builder.option(5, 8, 1)]),
    );
  return [
    { name: 'pcap', bytes: buildPcap(records) },
    { name: 'pcapng', bytes: concat(section(new PcapngBuilder(true)), section(new PcapngBuilder(false))) },
    { name: 'snoop', bytes: buildSnoop(records) },
    { name: 'netmon1', bytes: buildNetmon(records, 1, 1) },
    { name: 'netmon2', bytes: buildNetmon(records, 2, 3) },
    { name: 'erf', bytes: buildErf(records) },
  ];
}

/** Transport and program streams by themselves, in datagrams, and in RTP. */
function mpegSeeds(): FuzzSeed[] {
  const from: Side = { address: '192.0.2.1', port: 5000 };
  const to: Side = { address: '239.1.1.1', port: 1234 };
  const { bytes: transport } = sampleStream(12);
  const packs = Array.from({ length: 12 }, (_, i) =>
    concat(
      packHeader(3600 * i),
      programStreamMap([[0x1b, 0xe0]]),
      pesPackets(h264Unit(i % 4 === 0 ? 6000 : 700, i, i % 4 === 0), { pts: 3600 * i }),
    ),
  );
  const datagrams = new Conversations();
  const packets = new Conversations();
  for (let at = 0; at < transport.length; at += 7 * 188) {
    datagrams.datagram(from, to, transport.subarray(at, at + 7 * 188));
  }
  let sequence = 0;
  for (const [i, pack] of packs.entries()) {
    for (let at = 0; at < pack.length; at += 1400) {
      const time = 3600 * i;
      const header = [0x80, 96, 0, sequence, 0, (time >> 16) & 0xff, (time >> 8) & 0xff, time & 0xff, 1, 2, 3, 4];
      packets.datagram(from, to, concat(Uint8Array.from(header), pack.subarray(at, at + 1400)));
      sequence += 1;
    }
  }
  return [
    { name: 'transport stream', bytes: transport },
    { name: 'program stream', bytes: concat(...packs) },
    { name: 'transport stream in datagrams', bytes: datagrams.file() },
    { name: 'program stream in RTP', bytes: packets.file() },
  ];
}
