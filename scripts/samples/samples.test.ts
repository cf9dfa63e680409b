import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { buildAllFiles } from './all.mjs';
import { internetChecksum } from './packets.mjs';
import { encodeAlaw, encodeUlaw } from './g711.mjs';

const root = join(import.meta.dirname, '../..');
const files: Map<string, Buffer> = buildAllFiles();
const isPicture = (path: string) => /\.(png|ico|icns)$/.test(path);

/** Sizes and unpacked scanlines of every PNG in a file: the packed bytes depend on the zlib at hand. */
function unpackedPictures(bytes: Buffer): { width: number; height: number; scanlines: Buffer }[] {
  const pictures = [];
  for (let at = bytes.indexOf('\x89PNG', 0, 'latin1'); at >= 0; at = bytes.indexOf('\x89PNG', at + 8, 'latin1')) {
    const data = at + 33;
    const length = bytes.readUInt32BE(data);
    pictures.push({
      width: bytes.readUInt32BE(at + 16),
      height: bytes.readUInt32BE(at + 20),
      scanlines: inflateSync(bytes.subarray(data + 8, data + 8 + length)),
    });
  }
  return pictures;
}

describe('generated files', () => {
  it.each([...files.keys()].filter((path) => !isPicture(path)))('%s is committed byte for byte', (path) => {
    expect(readFileSync(join(root, path)).equals(files.get(path) as Buffer)).toBe(true);
  });

  it.each([...files.keys()].filter(isPicture))('%s is committed with the same pixels', (path) => {
    const committed = unpackedPictures(readFileSync(join(root, path)));
    const made = unpackedPictures(files.get(path) as Buffer);
    expect(made.length).toBeGreaterThan(0);
    expect(committed.map(({ width, height }) => [width, height])).toEqual(
      made.map(({ width, height }) => [width, height]),
    );
    expect(committed.every(({ scanlines }, index) => scanlines.equals(made[index].scanlines))).toBe(true);
  });

  it('keeps the sample below a megabyte and the fixtures below 200 kB', () => {
    for (const [path, bytes] of files) {
      expect(bytes.length, path).toBeLessThan(path.startsWith('assets/') ? 1_000_000 : 200_000);
    }
  });
});

describe('building blocks', () => {
  it('computes the checksum of the example in RFC 1071 section 3', () => {
    const example = Buffer.from([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]);
    expect(internetChecksum(example)).toBe(~0xddf2 & 0xffff);
  });

  it('encodes G.711 end points as the recommendation has them', () => {
    // ITU-T G.711 tables 1 and 2: zero, and the largest values of either sign.
    expect([encodeUlaw(0), encodeUlaw(32767), encodeUlaw(-32768)]).toEqual([0xff, 0x80, 0x00]);
    expect([encodeAlaw(0), encodeAlaw(32767), encodeAlaw(-32768)]).toEqual([0xd5, 0xaa, 0x2a]);
  });
});

const tshark = (() => {
  try {
    execFileSync('tshark', ['-v'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
})();

interface StreamTruth {
  src: string;
  ssrc: string;
  packets: number;
  lost: number;
  duplicates: number;
}

describe.skipIf(!tshark)('as an independent analyser sees them', () => {
  const run = (path: string, args: string[]) =>
    execFileSync('tshark', ['-r', join(root, path), ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const checks = ['ip', 'udp', 'tcp'].flatMap((layer) => ['-o', `${layer}.check_checksum:TRUE`]);
  const isWrong = '_ws.malformed || ip.checksum.status==0 || udp.checksum.status==0 || tcp.checksum.status==0';
  const captures = [...files.keys()].filter((path) =>
    /(call\.pcapng|tcp\.pcapng|media\.pcapng|only\.pcap|486\.pcap|endian\.pcap)$/.test(path),
  );

  it.each(captures)('%s has no malformed packet and no wrong checksum', (path) => {
    expect(run(path, [...checks, '-Y', isWrong])).toBe('');
  });

  it('the call has the losses that were planned', () => {
    const truth = JSON.parse((files.get('assets/samples/call.truth.json') as Buffer).toString()) as {
      streams: StreamTruth[];
    };
    const lines = run('assets/samples/call.pcapng', ['-q', '-z', 'rtp,streams']).split('\n');
    for (const stream of truth.streams) {
      const fields = lines
        .find((line) => line.toLowerCase().includes(stream.ssrc))
        ?.match(/(\d+)\s+(-?\d+) \([\d.]+%\)/);
      expect(Number(fields?.[1])).toBe(stream.packets);
      // tshark takes duplicates for received packets.
      expect(Number(fields?.[2])).toBe(stream.lost - stream.duplicates);
    }
  });
});
