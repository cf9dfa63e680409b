/**
 * Writes a large pcapng of RTMP: viewers of live streams, one after the other, with H.264 and AAC of random bytes.
 * `node bench/make-rtmp-capture.mjs FILE [MEGABYTES]`
 */

import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { pcapngFormat } from '../scripts/samples/capture-writer.mjs';
import { createHost } from '../scripts/samples/packets.mjs';
import { createRandom } from '../scripts/samples/random.mjs';
import { beginRtmpPlay, createRtmpConnection, rtmpMedia } from '../scripts/samples/rtmp.mjs';

const START_SECONDS = 1_772_443_800;
const VIDEO = 9;
const AUDIO = 8;
/** 2.5 Mbit/s of pictures, 25 a second, a key picture every two seconds, and a frame of sound every 23 ms. */
const PICTURE_MS = 40;
const KEY_EVERY = 50;
const KEY_BYTES = 60_000;
const PICTURE_BYTES = 11_500;
const SOUND_MS = 23;
const SOUND_BYTES = 370;
const VIEWER_SECONDS = 30;

/** Frames of one viewer of half a minute, and what was sent. */
function buildViewer(index, noise, random) {
  const client = createHost('02:00:00:00:07:01', `10.1.${index >> 8}.${index & 0xff || 1}`);
  const server = createHost('02:00:00:00:07:02', '10.2.0.1');
  const startMs = index * 1000 * VIEWER_SECONDS;
  const connection = createRtmpConnection({
    client,
    server,
    ports: [40_000 + (index % 20_000), 1935],
    random,
    startMs,
  });
  const { frames, say, close } = connection;
  beginRtmpPlay({ random, host: '10.2.0.1', app: 'live', name: `stream${index}`, metadata: { width: 1280 }, say });
  let at = 0;
  const bytes = (length, ...head) => {
    at = (at + 4099) % (noise.length - length);
    return Buffer.concat([Buffer.from(head), noise.subarray(at, at + length - head.length)]);
  };
  let pictures = 0;
  let sounds = 0;
  say('server', rtmpMedia(AUDIO, Buffer.from([0xaf, 0, 0x12, 0x10]), 0), 150);
  for (let timeMs = 0; timeMs < 1000 * VIEWER_SECONDS; timeMs += PICTURE_MS) {
    const isKey = pictures % KEY_EVERY === 0;
    const length = isKey ? KEY_BYTES : PICTURE_BYTES + random.integer(-3000, 3000);
    say('server', rtmpMedia(VIDEO, bytes(length, isKey ? 0x17 : 0x27, 1, 0, 0, 0), timeMs), 160 + timeMs);
    pictures += 1;
    for (; sounds * SOUND_MS < timeMs + PICTURE_MS; sounds += 1) {
      say('server', rtmpMedia(AUDIO, bytes(SOUND_BYTES, 0xaf, 1), sounds * SOUND_MS), 160 + sounds * SOUND_MS);
    }
  }
  close();
  return { frames, pictures, sounds };
}

/**
 * @param {string} path written anew
 * @param {number} megabytes size to reach, to a viewer's size
 */
export async function makeRtmpCapture(path, megabytes) {
  const random = createRandom(1935);
  const noise = Buffer.from(Array.from({ length: 1 << 20 }, () => random.integer(0, 255)));
  const format = pcapngFormat({ startSeconds: START_SECONDS });
  const output = createWriteStream(path);
  output.write(format.header());
  const totals = { bytes: 0, packets: 0, sessions: 0, pictures: 0, sounds: 0 };
  while (totals.bytes < megabytes * 1e6) {
    const { frames, pictures, sounds } = buildViewer(totals.sessions, noise, random);
    const chunk = Buffer.concat(frames.map((frame) => format.record(frame)));
    totals.bytes += chunk.length;
    totals.packets += frames.length;
    totals.sessions += 1;
    totals.pictures += pictures;
    totals.sounds += sounds;
    if (!output.write(chunk)) await once(output, 'drain');
  }
  output.end(format.trailer());
  await once(output, 'finish');
  return totals;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [path, megabytes = '200'] = process.argv.slice(2);
  if (!path) {
    console.error('usage: node bench/make-rtmp-capture.mjs FILE [MEGABYTES]');
    process.exit(2);
  }
  console.log(JSON.stringify(await makeRtmpCapture(path, Number(megabytes))));
}
