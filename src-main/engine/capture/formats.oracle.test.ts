import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { capturePath, capturesIn, hasCaptures, hasTshark } from '../../testing/oracles';
import { MemorySource } from './byte-source';
import { Frame } from './frame';
import { openCaptures } from './merge';
import { openCapture } from './open';
import { buildPcap } from './testing/capture-builder';
import { TestSink, collect } from './testing/collect';

/*
 * Frames of every format as tshark reads them: number, time, captured and original length. Files that tshark refuses,
 * and those where we say something else on purpose, are named here, with the reason in docs/compatibility.md.
 */

const refusedByTshark: readonly string[] = [
  'libpcap-linktype-reserved-not-zero.pcap',
  'libpcap-pcap-invalid-version-1.pcap',
  'libpcap-pcapng-invalid-vers-1.pcapng',
  'libpcap-shb-option-too-long.pcapng',
  'ntar-test010.ntar',
  // A section of version 2.0 follows.
  'gopacket-be-test901.pcapng',
  'gopacket-le-test901.pcapng',
];
/** A link type that tshark 4.0 does not know. */
const readByUsOnly = 'dsa-marvell.pcap';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'tapdeck-formats-'));
afterAll(() => rmSync(folder, { recursive: true }));

const hasEditcap = spawnSync('editcap', ['--version'], { stdio: 'ignore' }).status === 0;

type Row = readonly [number: string, time: string, length: string, captured: string];

async function tsharkRows(path: string): Promise<Row[]> {
  const fields = ['frame.number', 'frame.time_epoch', 'frame.len', 'frame.cap_len'].flatMap((field) => ['-e', field]);
  const { stdout } = await run('tshark', ['-n', '-r', path, '-T', 'fields', '-E', 'separator=|', ...fields], {
    maxBuffer: 1 << 28,
  });
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('|') as unknown as Row);
}

function ourRows(bytes: Uint8Array): Row[] {
  const { frames, reader } = collect(bytes);
  const first = reader.firstTimeNs ?? 0n;
  return frames.map(({ number, timeNs, wireLength, bytes: captured }) => [
    String(number),
    epoch(first + BigInt(timeNs)),
    String(wireLength),
    String(captured.length),
  ]);
}

function epoch(ns: bigint): string {
  return `${ns / 1_000_000_000n}.${String(ns % 1_000_000_000n).padStart(9, '0')}`;
}

/**
 * Simple packets have no time: tshark prints none, we give them that of the frame before. Times further than 104 days
 * from the first one are exact to 1 µs only (2^53 ns).
 */
function expectSame(ours: readonly Row[], theirs: readonly Row[]): void {
  expect(ours).toHaveLength(theirs.length);
  const first = theirs.find(([, time]) => time !== '')?.[1] ?? '0';
  for (const [i, [number, time, length, captured]] of theirs.entries()) {
    const [ourNumber, ourTime, ourLength, ourCaptured] = ours[i];
    expect([ourNumber, ourLength, ourCaptured]).toEqual([number, length, captured]);
    if (time === '') continue;
    if (Math.abs(Number(time) - Number(first)) < 100 * 86_400) expect(ourTime).toBe(time);
    else expect(Number(ourTime)).toBeCloseTo(Number(time), 5);
  }
}

describe.skipIf(!hasTshark || !hasCaptures)('captures as tshark reads them', { timeout: 60_000 }, () => {
  const folders = ['file-formats', 'pcapng-conformance', 'malformed'];
  const files = folders.flatMap((name) => capturesIn(`public/${name}`, /\.(pcap|pcapng|ntar|snoop|erf|cap)$/));
  it.concurrent.each(files)('%s', async (name) => {
    const path = capturePath(name);
    if ([...refusedByTshark, readByUsOnly].some((file) => name.endsWith(file))) {
      await expect(tsharkRows(path)).rejects.toThrow();
      return;
    }
    expectSame(ourRows(readFileSync(path)), await tsharkRows(path));
  });
});

describe.skipIf(!hasTshark || !hasEditcap)('formats that editcap writes', { timeout: 60_000 }, () => {
  const original = join(folder, 'original.pcap');
  const records = Array.from({ length: 12 }, (_, i) => ({
    bytes: Uint8Array.from({ length: 60 + 7 * i }, (_, at) => (at * 31 + i) & 0xff),
    timeNs: 1_700_000_000_000_000_000n + BigInt(i) * 12_345_678_000n,
    wireLength: i % 3 === 0 ? 1400 : undefined,
  }));
  writeFileSync(original, buildPcap(records));

  it.concurrent.each([
    'pcap',
    'nsecpcap',
    'modpcap',
    'nokiapcap',
    'rh6_1pcap',
    'suse6_3pcap',
    'pcapng',
    'snoop',
    'netmon1',
    'netmon2',
  ])('%s', async (format) => {
    const path = join(folder, format);
    await run('editcap', ['-F', format, original, path]);
    const rows = ourRows(readFileSync(path));
    expect(rows).toHaveLength(records.length);
    expectSame(rows, await tsharkRows(path));
    const { frames } = collect(readFileSync(path));
    frames.forEach((frame, i) => expect(frame.bytes).toEqual(records[i].bytes));
  });
});

describe.skipIf(!hasCaptures)('captures that tshark refuses', () => {
  it.each(refusedByTshark)('%s is explained', (file) => {
    const [name] = capturesIn('public', /\.(pcap|pcapng|ntar)$/).filter((path) => path.endsWith(file));
    const sink = new TestSink();
    const opened = openCapture(new MemorySource(readFileSync(capturePath(name))), sink);
    if (opened.ok) {
      expect(collect(readFileSync(capturePath(name))).reports.length).toBeGreaterThan(0);
    } else {
      expect(opened.error.message).toMatch(/\.$/);
      expect(opened.error.where).toBeTruthy();
    }
  });
});

describe.skipIf(!hasTshark || !hasCaptures)('merged captures as mergecap merges them', { timeout: 60_000 }, () => {
  it.each([
    [['live/voip/sip_pcmu.pcapng', 'live/voip/sip_jitter.pcapng']],
    [['public/file-formats/100_sll.pcap', 'public/file-formats/solaris.snoop', 'public/file-formats/raw_ip.pcap']],
  ])('%s', async (names) => {
    const paths = names.map((name) => capturePath(name));
    const merged = join(folder, `merged-${names.length}.pcapng`);
    await run('mergecap', ['-w', merged, ...paths]);
    const parts = paths.map((path) => ({ name: path, source: new MemorySource(readFileSync(path)) }));
    const opened = openCaptures(parts, new TestSink());
    if (!opened.ok) throw new Error(opened.error.message);
    const { reader } = opened.value;
    const frame = new Frame();
    const rows: Row[] = [];
    while (reader.next(frame)) {
      const time = epoch((reader.firstTimeNs ?? 0n) + BigInt(Math.round(frame.timeNs)));
      rows.push([String(frame.number), time, String(frame.wireLength), String(frame.end - frame.start)]);
    }
    expectSame(rows, await tsharkRows(merged));
  });
});
