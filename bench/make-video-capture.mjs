/**
 * Writes a pcap of an H.264 stream with PCMU sound, RTP without signalling: a test picture of 640x360 and 30 pictures a
 * second, encoded by ffmpeg. `node bench/make-video-capture.mjs FILE [SECONDS] [KBIT_PER_SECOND] [LOSE_EVERY]`; every
 * LOSE_EVERYth video packet is lost, none without it. Beside the capture lies what was sent, as FILE.h264.
 */

import { execFileSync } from 'node:child_process';
import { appendFileSync, createWriteStream, readFileSync } from 'node:fs';
import { once as event } from 'node:events';
import { pathToFileURL } from 'node:url';
import ffmpeg from '@ffmpeg-installer/ffmpeg';
import { callerVoice } from '../scripts/samples/call.mjs';
import { pcapFormat } from '../scripts/samples/capture-writer.mjs';
import { encodeSamples, encodeUlaw } from '../scripts/samples/g711.mjs';
import { h264Payloads } from '../scripts/samples/h264.mjs';
import { createHost, udpFrame } from '../scripts/samples/packets.mjs';
import { createRandom } from '../scripts/samples/random.mjs';
import { rtpPacket } from '../scripts/samples/rtp.mjs';

const PICTURES_A_SECOND = 30;
const LARGEST_PAYLOAD = 1400;
const VOICE_SECONDS = 10;
const START_SECONDS = 1_772_443_800;
const VIDEO = { payloadType: 96, ssrc: 0x26400010, port: 40_000 };
const SOUND = { payloadType: 0, ssrc: 0x26400011, port: 40_002 };

function encode(path, seconds, kbitPerSecond) {
  const rate = `${kbitPerSecond}k`;
  const picture = `testsrc2=size=640x360:rate=${PICTURES_A_SECOND}:duration=${seconds},noise=alls=12:allf=t`;
  execFileSync(ffmpeg.path, [
    ...['-v', 'error', '-y', '-f', 'lavfi', '-i', picture, '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '60'],
    ...['-b:v', rate, '-minrate', rate, '-maxrate', rate, '-bufsize', rate, '-x264-params', 'aud=1:nal-hrd=cbr'],
    ...['-pix_fmt', 'yuv420p', '-f', 'h264', path],
  ]);
}

/** NAL units of each picture: an access unit delimiter stands before every one. */
function* pictures(bytes) {
  let nals = [];
  let from = bytes.indexOf(Buffer.from([0, 0, 1])) + 3;
  while (from >= 3) {
    const next = bytes.indexOf(Buffer.from([0, 0, 1]), from);
    let to = next < 0 ? bytes.length : next;
    while (to > from && bytes[to - 1] === 0) to -= 1;
    const nal = bytes.subarray(from, to);
    const type = nal[0] & 31;
    if (type === 9 && nals.length > 0) {
      yield nals;
      nals = [];
    }
    // Delimiters and filler are not sent.
    if (type !== 9 && type !== 12) nals.push(nal);
    from = next < 0 ? -1 : next + 3;
  }
  if (nals.length > 0) yield nals;
}

function* repeated(bytes, times) {
  for (let i = 0; i < times; i += 1) yield* pictures(bytes);
}

/**
 * @param {{seconds: number, kbitPerSecond: number, loseEvery?: number, repeat?: number, hasSound?: boolean}} options
 *   `repeat`: the pictures are sent so many times, one time after the other
 * @returns how many packets of video and sound the capture holds
 */
export async function makeVideoCapture(path, { seconds, kbitPerSecond, loseEvery = 0, repeat = 1, hasSound = true }) {
  encode(`${path}.h264`, seconds, kbitPerSecond);
  const once = readFileSync(`${path}.h264`);
  for (let i = 1; i < repeat; i += 1) appendFileSync(`${path}.h264`, once);
  const soundPackets = hasSound ? seconds * repeat * 50 : 0;
  const format = pcapFormat({ startSeconds: START_SECONDS });
  const source = createHost('02:00:00:00:06:01', '192.0.2.101');
  const destination = createHost('02:00:00:00:06:02', '198.51.100.102');
  const voice = encodeSamples(callerVoice(VOICE_SECONDS, createRandom(7)), encodeUlaw);
  const output = createWriteStream(path);
  output.write(format.header());
  const totals = { pictures: 0, video: 0, sound: 0, lost: 0 };
  const write = async (atMs, { port, ...stream }, fields) => {
    const packet = rtpPacket({ ...stream, ...fields });
    const data = udpFrame(source, port, destination, port, packet);
    if (!output.write(format.record({ relNs: Math.round(atMs * 1000) * 1000, data }))) await event(output, 'drain');
  };
  const soundUntil = async (atMs) => {
    for (; totals.sound * 20 <= atMs && totals.sound < soundPackets; totals.sound += 1) {
      const at = (totals.sound * 160) % (voice.length - 160);
      const fields = { marker: totals.sound === 0, sequence: totals.sound, timestamp: totals.sound * 160 };
      await write(totals.sound * 20, SOUND, { ...fields, payload: voice.subarray(at, at + 160) });
    }
  };
  let sequence = 100;
  for (const nals of repeated(once, repeat)) {
    const atMs = (1000 * totals.pictures) / PICTURES_A_SECOND;
    await soundUntil(atMs);
    const payloads = h264Payloads(nals, LARGEST_PAYLOAD);
    for (const [i, payload] of payloads.entries()) {
      sequence += 1;
      if (loseEvery > 0 && sequence % loseEvery === 0) totals.lost += 1;
      else {
        const fields = { marker: i === payloads.length - 1, sequence, timestamp: totals.pictures * 3000 };
        await write(atMs + (i * 20) / payloads.length, VIDEO, { ...fields, payload });
        totals.video += 1;
      }
    }
    totals.pictures += 1;
  }
  await soundUntil(Number.POSITIVE_INFINITY);
  output.end();
  await event(output, 'finish');
  return totals;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [path, seconds = '600', kbitPerSecond = '1000', loseEvery = '0'] = process.argv.slice(2);
  if (!path) {
    console.error('usage: node bench/make-video-capture.mjs FILE [SECONDS] [KBIT_PER_SECOND] [LOSE_EVERY]');
    process.exit(2);
  }
  const options = { seconds: Number(seconds), kbitPerSecond: Number(kbitPerSecond), loseEvery: Number(loseEvery) };
  console.log(JSON.stringify(await makeVideoCapture(path, options)));
}
