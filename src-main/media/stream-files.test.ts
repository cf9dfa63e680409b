import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { CaptureAnalysis } from '#engine/analysis/pipeline/capture-analysis';
import { RtpdumpParser, rtpdumpHeader, rtpdumpRecord } from '#engine/containers/rtpdump';
import { parseSdp } from '#engine/protocols/sdp/index';
import { analyse, capturePath, hasCaptures, hasTshark, tsharkFields } from '../testing/oracles';
import { FileSource } from '../workers/file-source';
import { RtpdumpDecoder } from '../workers/rtpdump-decoder';
import type { MediaInput } from './source';
import { writeRtpdump, writeStreamSdp } from './stream-files';

const folder = mkdtempSync(join(tmpdir(), 'tapdeck-stream-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const nextFile = (extension: string): string => join(folder, `${(files += 1)}.${extension}`);

function inputOf(path: string, pick: (row: { codec: string | null }) => boolean = () => true): MediaInput {
  const analysis = analyse(path);
  const row = analysis.streams().find(pick);
  const found = analysis.media.indexes(row?.id ?? '');
  if (!found) throw new Error(`${path} has no such stream`);
  return { kind: found.kind, streams: found.streams, capturePath: path, captureBytes: readFileSync(path).length };
}

/** An rtpdump file as the capture that it is opened as. */
async function opened(dump: Uint8Array, pieceBytes = 1000): Promise<CaptureAnalysis> {
  const path = nextFile('pcap');
  const pieces: Uint8Array[] = [];
  const decoder = new RtpdumpDecoder((bytes) => pieces.push(bytes.slice()));
  for (let at = 0; at < dump.length; at += pieceBytes) await decoder.write(dump.subarray(at, at + pieceBytes));
  await decoder.end();
  writeFileSync(path, Buffer.concat(pieces));
  const analysis = CaptureAnalysis.open(new FileSource(path));
  if (!analysis.ok) throw new Error(analysis.error.message);
  while (analysis.value.ingest(() => false));
  analysis.value.finish();
  return analysis.value;
}

describe.skipIf(!hasCaptures)('rtpdump files', () => {
  const captures = [
    'live/rtsp/rtsp_udp_loss8.pcapng',
    'live/codecs/pcmu_ext_csrc_padding.pcapng',
    'live/voip/sip_snaplen96.pcapng',
  ];

  it.each(captures)('hold every packet as it was captured, and open again as the same stream: %s', async (name) => {
    const input = inputOf(capturePath(name));
    const [stream] = input.streams;
    const path = nextFile('rtpdump');
    const written = await writeRtpdump(input, path, {});
    expect(written.packets.count).toBe(stream.count);
    for (const size of [7, 100_000]) {
      const again = (await opened(readFileSync(path), size)).streams();
      expect(again).toHaveLength(1);
      const before = analyse(capturePath(name)).stream(stream.streamId);
      const { packets, lost, duplicates, reordered, ssrc, payloadTypes, truncatedPackets } = again[0];
      expect(before).toMatchObject({ packets, lost, duplicates, reordered, ssrc, payloadTypes, truncatedPackets });
      expect(Math.abs(again[0].durationSeconds - (before?.durationSeconds ?? 0))).toBeLessThan(0.002);
    }
  });

  it.skipIf(!hasTshark)('hold what tshark sees of the packets, byte for byte', async () => {
    const name = 'live/codecs/pcmu_ext_csrc_padding.pcapng';
    const path = nextFile('rtpdump');
    await writeRtpdump(inputOf(capturePath(name)), path, {});
    const file = readFileSync(path);
    const packets: string[][] = [];
    // Line and header, then length, length as sent, and milliseconds before each packet (rtptools, rtpdump.h).
    for (let at = file.indexOf(0x0a) + 17; at < file.length; at += file.readUInt16BE(at)) {
      packets.push([file.subarray(at + 8, at + file.readUInt16BE(at)).toString('hex')]);
    }
    expect(packets.length).toBeGreaterThan(10);
    expect(packets).toEqual(tsharkFields(capturePath(name), ['udp.payload'], '-Y', 'udp.dstport == 6100'));
  });

  it('are refused when they are none, whatever they hold', () => {
    const head = rtpdumpHeader({ address: '192.0.2.1', port: 5004, seconds: 1, microseconds: 2 });
    const sink = { onStart: () => {}, onPacket: () => {} };
    expect(() => new RtpdumpParser(sink).push(Buffer.concat([head, Buffer.from([0, 3, 0, 0, 0, 0, 0, 0])]))).toThrow(
      /length/,
    );
    expect(() => new RtpdumpParser(sink).push(Buffer.from('#!rtpplay1.0 nonsense\n'.padEnd(80)))).toThrow(/address/);
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 })), (pieces) => {
        let end = 0;
        const parser = new RtpdumpParser({
          onStart: () => {},
          onPacket: (bytes, start, to) => {
            expect(to).toBeLessThanOrEqual(bytes.length);
            end += to - start;
          },
        });
        try {
          parser.push(head);
          for (const piece of pieces) parser.push(piece);
        } catch (error) {
          expect(String(error)).toMatch(/length/);
        }
        expect(end).toBeLessThanOrEqual(pieces.reduce((sum, piece) => sum + piece.length, 0));
      }),
    );
    expect(rtpdumpRecord(172, 172, 20.4)).toEqual(Uint8Array.of(0, 180, 0, 172, 0, 0, 0, 20));
  });
});

describe.skipIf(!hasCaptures)('session descriptions', () => {
  const cases: [string, string][] = [
    ['live/codecs/h264_mode1_high_bframes.pcapng', 'H264'],
    ['live/codecs/h265.pcapng', 'H265'],
    ['live/codecs/vp8.pcapng', 'VP8'],
    ['live/codecs/aac_generic_multi_au.pcapng', 'MPEG4-GENERIC'],
    ['live/codecs/l16_44100_stereo_pt10.pcapng', 'L16'],
    ['live/codecs/amr_nb_octet.pcapng', 'AMR'],
  ];

  it.each(cases)('tell a stream that nobody described: %s', async (name, codec) => {
    const path = nextFile('sdp');
    await writeStreamSdp(inputOf(capturePath(name)), path);
    const text = readFileSync(path, 'utf8');
    const [media] = parseSdp(text);
    expect(media.payloads[0].encodingName.toUpperCase()).toBe(codec);
    expect(media.address).toBe('127.0.0.1');
    if (codec === 'H264') expect(media.payloads[0].fmtp).toMatch(/sprop-parameter-sets=[\w+/=]+,[\w+/=]+/);
    if (codec === 'H265') expect(media.payloads[0].fmtp).toMatch(/sprop-vps=.*sprop-sps=.*sprop-pps=/);
  });

  it('hold no line that a name brought along', async () => {
    const input = inputOf(capturePath('live/codecs/vp8.pcapng'));
    const path = nextFile('sdp');
    const [stream] = input.streams;
    await writeStreamSdp({ ...input, streams: [{ ...stream, label: 'a\r\nm=audio 1 RTP/AVP 0' }] }, path);
    expect(parseSdp(readFileSync(path, 'utf8'))).toHaveLength(1);
  });
});
