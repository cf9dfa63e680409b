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
import {
  earlyLine,
  resumed,
  resumedLog,
  simple,
  simpleLog,
  type Trace,
} from '#engine/protocols/tls/testing/rfc8448-traces';
import { rtpdumpHeader, rtpdumpRecord } from '#engine/containers/rtpdump';
import { rawZstd } from '../../workers/testing/zstd-builder';
import { tlsCapture } from '../tls-capture';
import { httpSeeds } from './http-seeds';

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
    ...rtspSeeds(),
    ...httpSeeds(),
    ...tlsSeeds(),
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

/** Handshakes of TLS 1.3, with the secrets that open them in the capture. */
function tlsSeeds(): FuzzSeed[] {
  const capture = (trace: Trace, keyLog: string): Uint8Array =>
    tlsCapture({ wire: trace.map(([direction, bytes]) => ({ direction, bytes })), keyLog }, 'before');
  return [
    { name: 'TLS', bytes: capture(simple, simpleLog) },
    { name: 'TLS with early data', bytes: capture(resumed, resumedLog + earlyLine) },
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

/** RTSP with interleaved media, RTP behind lengths and in TURN channels, an rtpdump file. */
function rtspSeeds(): FuzzSeed[] {
  const client: Side = { address: '192.0.2.5', port: 40_000 };
  const server: Side = { address: '198.51.100.7', port: 8554 };
  const ascii = (...lines: string[]): Uint8Array => new TextEncoder().encode(lines.join('\r\n'));
  const rtp = (i: number): Uint8Array => {
    const packet = new Uint8Array(60).fill(0xd5);
    packet.set([0x80, 8, 0, i, 0, 0, (i * 160) >> 8, (i * 160) & 0xff, 1, 2, 3, 4]);
    return packet;
  };
  const sdp = 'v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=audio 0 RTP/AVP 8\r\na=control:1\r\n';
  const rtsp = new Conversations();
  const exchange = (request: string, fields: string, body = ''): void => {
    rtsp.segment(client, server, ascii(`${request} RTSP/1.0`, 'CSeq: 1', fields, '', ''));
    const length = `Content-Length: ${body.length}`;
    rtsp.segment(server, client, ascii('RTSP/1.0 200 OK', 'CSeq: 1', length, fields, '', body));
  };
  exchange('DESCRIBE rtsp://user:secret@198.51.100.7/a', 'Authorization: Basic YTpi', sdp);
  exchange('SETUP rtsp://198.51.100.7/a/1', 'Transport: RTP/AVP/TCP;interleaved=0-1\r\nSession: 5');
  exchange('PLAY rtsp://198.51.100.7/a', 'Session: 5\r\nRTP-Info: url=rtsp://198.51.100.7/a/1;seq=0;rtptime=0');
  const framed = new Conversations();
  const turn = new Conversations();
  const bind = [0, 9, 0, 20, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  const attributes = [0, 12, 0, 4, 0x40, 0, 0, 0, 0, 18, 0, 8, 0, 1, 0x3a, 0x4a, 0xea, 0x12, 0xd5, 0x47];
  turn.datagram(client, server, Uint8Array.from([...bind, ...attributes]));
  const dump = [rtpdumpHeader({ address: '192.0.2.5', port: 5004, seconds: 1, microseconds: 2 })];
  for (let i = 0; i < 20; i += 1) {
    rtsp.segment(server, client, concat(Uint8Array.of(0x24, 0, 0, 60), rtp(i)));
    framed.segment(client, server, concat(Uint8Array.of(0, 60), rtp(i)));
    turn.datagram(client, server, concat(Uint8Array.of(0x40, 0, 0, 60), rtp(i)));
    dump.push(rtpdumpRecord(60, i % 3 === 0 ? 0 : 60, 20 * i), rtp(i));
  }
  return [
    { name: 'RTSP', bytes: rtsp.file() },
    { name: 'RTP behind lengths', bytes: framed.file() },
    { name: 'TURN', bytes: turn.file() },
    { name: 'rtpdump', bytes: concat(...dump) },
  ];
}
