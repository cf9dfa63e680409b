/** A capture of a call with one H.264 stream, of which one packet is lost: of the third key picture. */

import { START_SECONDS } from './call.mjs';
import { buildCapture, pcapFormat } from './capture-writer.mjs';
import { h264Payloads, walkingSquare } from './h264.mjs';
import { createHost, udpFrame } from './packets.mjs';
import { createRandom } from './random.mjs';
import { deliverRtp, rtpPacket } from './rtp.mjs';
import { createSipCall } from './sip.mjs';

const PICTURES = 60;
const PICTURES_A_SECOND = 20;
const KEY_EVERY = 10;
const DAMAGED = 20;
const LARGEST_PAYLOAD = 1200;

export function buildVideoFixture() {
  const random = createRandom(0x264);
  const source = createHost('02:00:00:00:05:01', '192.0.2.91');
  const destination = createHost('02:00:00:00:05:02', '198.51.100.92');
  const { width, height, pictures } = walkingSquare({ columns: 4, rows: 4, pictures: PICTURES, keyEvery: KEY_EVERY });
  const stream = { payloadType: 96, ssrc: 0x26400001 };
  const plan = [];
  const lost = new Set();
  for (const [n, { nals }] of pictures.entries()) {
    const payloads = h264Payloads(nals, LARGEST_PAYLOAD);
    for (const [i, payload] of payloads.entries()) {
      // The fourth packet of a key picture is the second fragment of its slice.
      if (n === DAMAGED && i === 3) lost.add(plan.length);
      const place = { marker: i === payloads.length - 1, sequence: 700 + plan.length, timestamp: 9_000 + n * 4_500 };
      const packet = rtpPacket({ ...stream, ...place, payload });
      plan.push({ sentMs: (n * 1000) / PICTURES_A_SECOND + i * 0.2, packet, index: plan.length });
    }
  }
  const caller = { host: source, port: 5060, name: 'Door', user: 'door', domain: 'example.com', mediaPort: 25_000 };
  const callee = {
    host: destination,
    port: 5060,
    name: 'Desk',
    user: 'desk',
    domain: 'example.com',
    mediaPort: 25_002,
  };
  const sip = createSipCall({ caller, callee, transport: 'UDP', codec: 'H264', random });
  const say = (atMs, from, to, payload) => ({
    relNs: atMs * 1_000_000,
    data: udpFrame(from.host, from.port, to.host, to.port, payload),
  });
  const ports = { sourcePort: caller.mediaPort, destinationPort: callee.mediaPort };
  const network = { lost, jitterMs: 0.1 };
  const { frames, truth } = deliverRtp(plan, { startMs: 100, source, destination, ...ports, random, network });
  frames.push(
    say(0, caller, callee, sip.invite),
    say(60, callee, caller, sip.ok),
    say(80, caller, callee, sip.ack),
    say(3_300, callee, caller, sip.byeByCallee),
    say(3_310, caller, callee, sip.okToBye),
  );
  return {
    bytes: buildCapture(pcapFormat({ startSeconds: START_SECONDS }), frames),
    truth: {
      ...truth,
      packets: frames.length,
      codec: 'H264',
      width,
      height,
      pictures: PICTURES,
      picturesASecond: PICTURES_A_SECOND,
      keyPictures: PICTURES / KEY_EVERY,
      damagedPicture: DAMAGED,
      leftOut: KEY_EVERY,
    },
  };
}
