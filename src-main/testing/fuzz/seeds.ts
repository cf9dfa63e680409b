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
