import { spawn, spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { path as ffprobePath } from '@ffprobe-installer/ffprobe';
import { resolveFfmpeg } from './ffmpeg/resolve';
import { analyse, capturePath, hasCaptures } from '../testing/oracles';
import { replayStream } from './replay-stream';
import type { MediaInput } from './source';
import { writeRtpdump, writeStreamSdp } from './stream-files';

const folder = mkdtempSync(join(tmpdir(), 'tapdeck-replay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const found = await resolveFfmpeg();
const ffmpegPath = found.ok ? found.value.path : null;
const hasRtptools = spawnSync('rtpdump', ['-h']).error === undefined;
if (!hasRtptools) process.stderr.write('rtptools are not installed: the round trip with rtpdump is skipped\n');

function inputOf(name: string): MediaInput {
  const path = capturePath(name);
  const analysis = analyse(path);
  const found = analysis.media.indexes(analysis.streams()[0]?.id ?? '');
  if (!found) throw new Error(`${name} has no stream`);
  return { kind: found.kind, streams: found.streams, capturePath: path, captureBytes: readFileSync(path).length };
}

/** Packets that arrive at a port of this machine. */
async function receiver(): Promise<{ socket: Socket; port: number; packets: Buffer[] }> {
  const socket = createSocket('udp4');
  const packets: Buffer[] = [];
  socket.on('message', (packet) => packets.push(packet));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.setRecvBufferSize(4 << 20);
  return { socket, port: (socket.address() as AddressInfo).port, packets };
}

/** As many packets as were sent have arrived; loopback loses none as long as the buffer holds them. */
async function arrived(packets: readonly Buffer[], count: number, socket: Socket): Promise<void> {
  while (packets.length < count) await once(socket, 'message');
}

/** Packets of an rtpdump file. */
function dumped(path: string): Buffer[] {
  const file = readFileSync(path);
  const packets: Buffer[] = [];
  for (let at = file.indexOf(0x0a) + 17; at < file.length; at += file.readUInt16BE(at)) {
    packets.push(file.subarray(at + 8, at + file.readUInt16BE(at)));
  }
  return packets;
}

describe.skipIf(!hasCaptures)('a stream that is sent again', () => {
  it('arrives packet by packet as it was captured, and takes its time', async () => {
    const input = inputOf('live/codecs/pcmu_ext_csrc_padding.pcapng');
    const { socket, port, packets } = await receiver();
    const path = join(folder, 'a.rtpdump');
    await writeRtpdump(input, path, {});
    const { timeNs, count } = input.streams[0];
    const speed = 10;
    const report = await replayStream(input, { host: '127.0.0.1', port, speed, isLooping: false }, {});
    await arrived(packets, report.packets, socket);
    socket.close();
    expect(report).toMatchObject({ packets: count, cutPackets: 0 });
    expect(packets).toEqual(dumped(path));
    // It is never sooner; how much later is a matter of the machine.
    expect(report.seconds).toBeGreaterThanOrEqual((timeNs[count - 1] - timeNs[0]) / 1e9 / speed - 0.002);
  });

  it('goes on with its numbers round after round, until it is stopped', async () => {
    const input = inputOf('live/codecs/pcmu_seq_ts_wrap.pcapng');
    const { count } = input.streams[0];
    const { socket, port, packets } = await receiver();
    const controller = new AbortController();
    const replay = replayStream(
      input,
      { host: '127.0.0.1', port, speed: 100, isLooping: true },
      { signal: controller.signal },
    );
    await arrived(packets, 2 * count + 1, socket);
    controller.abort();
    await expect(replay).rejects.toThrow(/abort/i);
    socket.close();
    const numbers = packets.map((packet) => packet.readUInt16BE(2));
    const ticks = packets.map((packet) => packet.readUInt32BE(4));
    for (let i = count; i < 2 * count; i += 1) {
      expect((numbers[i] - numbers[i - 1]) & 0xffff).toBe(1);
      expect((ticks[i] - ticks[i - 1]) | 0).toBe(160);
    }
  });

  it('leaves out what the capture holds a part of', async () => {
    const input = inputOf('live/voip/sip_snaplen96.pcapng');
    const { socket, port } = await receiver();
    const report = await replayStream(input, { host: '127.0.0.1', port, speed: 100, isLooping: false }, {});
    socket.close();
    expect(report).toMatchObject({ packets: 0, cutPackets: input.streams[0].count });
  });

  it.skipIf(!ffmpegPath)(
    'is received by ffmpeg, which has the description of it',
    async () => {
      const input = inputOf('live/codecs/h264_mode1_high_bframes.pcapng');
      const { socket, port } = await receiver();
      // The port was free a moment ago, and the one after it is for RTCP.
      socket.close();
      await once(socket, 'close');
      const [stream] = input.streams;
      const destination = { address: '127.0.0.1', port };
      const moved = { ...input, streams: [{ ...stream, wire: { ...stream.wire, destination } }] };
      const sdp = join(folder, 'b.sdp');
      await writeStreamSdp(moved, sdp);
      const file = join(folder, 'b.mkv');
      const ffmpeg = spawn(ffmpegPath ?? '', [
        ...['-nostdin', '-v', 'info', '-protocol_whitelist', 'file,udp,rtp', '-reorder_queue_size', '0'],
        ...['-i', sdp, '-c', 'copy', '-y', file],
      ]);
      const ended = once(ffmpeg, 'close');
      let log = '';
      ffmpeg.stderr.on('data', (text: Buffer) => {
        log += text.toString();
      });
      const controller = new AbortController();
      const request = { host: '127.0.0.1', port, speed: 2, isLooping: true };
      const replay = replayStream(moved, request, { signal: controller.signal }).catch(() => null);
      const encoded = (): number => Number(/frame=\s*(\d+)(?![\s\S]*frame=)/.exec(log)?.[1] ?? 0);
      while (encoded() < 100 && ffmpeg.exitCode === null) {
        await Promise.race([once(ffmpeg.stderr, 'data'), ended]);
      }
      ffmpeg.kill('SIGINT');
      await ended;
      controller.abort();
      await replay;
      const probe = spawnSync(ffprobePath, [
        '-v',
        'error',
        '-count_packets',
        '-show_entries',
        'stream=codec_name,nb_read_packets',
        '-of',
        'csv=p=0',
        file,
      ]);
      const [codec, count] = probe.stdout.toString().trim().split(',');
      expect(codec, log).toBe('h264');
      expect(Number(count)).toBeGreaterThanOrEqual(100);
    },
    60_000,
  );

  it.skipIf(!hasRtptools)('is read by rtpdump', async () => {
    const input = inputOf('live/codecs/pcmu_seq_ts_wrap.pcapng');
    const path = join(folder, 'c.rtpdump');
    await writeRtpdump(input, path, {});
    const { stdout } = spawnSync('rtpdump', ['-F', 'dump', '-f', path]);
    const again = join(folder, 'd.rtpdump');
    writeFileSync(again, stdout);
    expect(dumped(again)).toEqual(dumped(path));
  });
});
