import { open, writeFile } from 'node:fs/promises';
import { httpExchange } from '../../scripts/samples/background.mjs';
import { calleeVoice, callerVoice } from '../../scripts/samples/call.mjs';
import { buildCapture, pcapFormat } from '../../scripts/samples/capture-writer.mjs';
import { encodeSamples, encodeUlaw } from '../../scripts/samples/g711.mjs';
import { createHost } from '../../scripts/samples/packets.mjs';
import { createRandom } from '../../scripts/samples/random.mjs';
import { deliverRtp, planRtp } from '../../scripts/samples/rtp.mjs';

const voiceSeconds = 10;
/** The UDP header of a record: behind those of pcap, Ethernet and IPv4. */
const udpAt = 16 + 14 + 20;

/** Writes a capture of two RTP directions without signalling, long enough that work on it can be interrupted. */
export async function writeLongCall(path: string, seconds: number): Promise<{ packets: number }> {
  const random = createRandom(77);
  const first = createHost('02:00:00:00:03:01', '192.0.2.71');
  const second = createHost('02:00:00:00:03:02', '192.0.2.72');
  const frames = [
    { voice: callerVoice, source: first, destination: second, ssrc: 0x71 },
    { voice: calleeVoice, source: second, destination: first, ssrc: 0x72 },
  ].flatMap(({ voice, source, destination, ssrc }) => {
    const once = encodeSamples(voice(voiceSeconds, random), encodeUlaw);
    const payload = Buffer.concat(new Array<Buffer>(Math.ceil(seconds / voiceSeconds)).fill(once));
    const plan = planRtp({ payload, payloadType: 0, ssrc, firstSequence: 1, firstTimestamp: 0 });
    const ports = { sourcePort: 27_000, destinationPort: 27_000 };
    const network = { jitterMs: 3 };
    return deliverRtp(plan, { startMs: 0, source, destination, ...ports, random, network }).frames;
  });
  await writeFile(path, buildCapture(pcapFormat({ startSeconds: 1_772_443_800 }), frames));
  return { packets: frames.length };
}

/** Writes a capture of one HTTP exchange over and over, `bytes` long or a little longer. */
export async function writeLargeCapture(path: string, bytes: number): Promise<void> {
  const client = createHost('02:00:00:00:04:01', '192.0.2.81');
  const server = createHost('02:00:00:00:04:02', '203.0.113.82');
  const connection = { client, clientPort: 50_300, server, path: '/', bodyLength: 2_000_000 };
  const format = pcapFormat({ startSeconds: 1_772_443_800 });
  const records = httpExchange({ ...connection, atMs: 0, sequences: [1, 1] }).map(format.record);
  const piece = Buffer.concat(records);
  const file = await open(path, 'w');
  try {
    await file.write(format.header());
    for (let written = 0; written < bytes; written += piece.length) await file.write(piece);
  } finally {
    await file.close();
  }
}

/** Writes the frames of one call again and again, each time a little later, `bytes` long or a little longer. */
export async function writeManyCalls(path: string, bytes: number): Promise<{ packets: number }> {
  const random = createRandom(79);
  const first = createHost('02:00:00:00:05:01', '192.0.2.91');
  const second = createHost('02:00:00:00:05:02', '192.0.2.92');
  const payload = encodeSamples(callerVoice(voiceSeconds, random), encodeUlaw);
  const plan = planRtp({ payload, payloadType: 0, ssrc: 0x91, firstSequence: 1, firstTimestamp: 0 });
  const ports = { sourcePort: 28_000, destinationPort: 28_000 };
  const { frames } = deliverRtp(plan, {
    startMs: 0,
    source: first,
    destination: second,
    ...ports,
    random,
    network: {},
  });
  const format = pcapFormat({ startSeconds: 1_772_443_800 });
  const records = frames.map(format.record);
  const piece = Buffer.concat(records);
  const rounds = Math.ceil(bytes / piece.length);
  const file = await open(path, 'w');
  try {
    await file.write(format.header());
    for (let round = 0; round < rounds; round += 1) {
      // Each block is a stream of its own, told by its port; a checksum of 0 is none (RFC 768).
      let at = 0;
      for (const record of records) {
        piece.writeUInt32LE(record.readUInt32LE(0) + round * voiceSeconds, at);
        piece.writeUInt16BE(10_000 + (round % 20_000), at + udpAt);
        piece.writeUInt16BE(0, at + udpAt + 6);
        at += record.length;
      }
      await file.write(piece);
    }
  } finally {
    await file.close();
  }
  return { packets: rounds * frames.length };
}
