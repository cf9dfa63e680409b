import { u16be } from '../../bytes/integers';
import { type FormatScore, Tally, video } from './format-test';
import type { StreamSample } from './sample';

/** JPEG (RFC 2435): offsets go on from packet to packet, everything else in the header stays. */
export function testJpeg(sample: StreamSample): FormatScore | null {
  const packets = new Tally(0.001);
  let expected = -1;
  let size = '';
  for (const { payload, step, begins, ends, marker } of sample.whole) {
    if (payload.length < 9) return null;
    const offset = (payload[1] << 16) | u16be(payload, 2);
    const [type, q, width, height] = [payload[4], payload[5], payload[6], payload[7]];
    let header = 8 + (type >= 64 && type < 128 ? 4 : 0);
    const isFirst = begins || offset === 0;
    if (q >= 128 && offset === 0) header += 4 + u16be(payload, header + 2);
    const fits =
      (type & 0x3f) <= 5 &&
      type < 128 &&
      q !== 0 &&
      (!isFirst || offset === 0) &&
      (expected < 0 || offset === expected);
    packets.add(fits && header <= payload.length && (!ends || marker));
    expected = Number.isNaN(step) ? -1 : step === 0 ? offset + payload.length - header : 0;
    if (fits && width > 0 && height > 0) size = `${8 * width} x ${8 * height}`;
  }
  if (packets.share < 0.8) return null;
  return {
    ...video('JPEG'),
    evidence: packets.evidence + sample.clockEvidence(90_000),
    limit: packets.passed >= 4 ? 0.99 : 0.7,
    reasons: [`fragment offsets go on in ${packets}`, `picture of ${size}`],
  };
}

/** H.261 (RFC 4587): the picture start code of 20 bits behind 4 bytes of header, wherever a timestamp begins. */
export function testH261(sample: StreamSample): FormatScore | null {
  const starts = new Tally(1 / 65_536);
  for (const { payload, begins } of sample.whole) {
    if (payload.length < 8) return null;
    if (!begins) continue;
    const skipped = payload[0] >> 5;
    const word = ((payload[4] << 24) | (payload[5] << 16) | (payload[6] << 8) | payload[7]) << skipped;
    starts.add(word >>> 12 === 0x10);
  }
  if (starts.passed === 0 || starts.share < 0.8) return null;
  return {
    ...video('H261'),
    evidence: starts.evidence + sample.clockEvidence(90_000),
    limit: starts.passed >= 3 ? 0.97 : 0.7,
    reasons: [`picture start codes where timestamps begin: ${starts}`],
  };
}

/** H.263 (RFC 4629): reserved bits, and the picture start code with its two zero bytes left out. */
export function testH263(sample: StreamSample): FormatScore | null {
  const packets = new Tally(1 / 32, 8);
  const starts = new Tally(1 / 4096);
  for (const { payload, begins } of sample.whole) {
    if (payload.length < 4) return null;
    packets.add(payload[0] >> 3 === 0);
    if (!begins) continue;
    const at = 2 + (payload[0] & 2 ? 1 : 0) + (((payload[0] & 1) << 5) | (payload[1] >> 3));
    starts.add((payload[0] & 4) !== 0 && (payload[at] & 0xfc) === 0x80);
  }
  if (packets.share < 0.9 || starts.passed === 0 || starts.share < 0.8) return null;
  return {
    ...video('H263-1998'),
    evidence: packets.evidence + starts.evidence + sample.clockEvidence(90_000),
    limit: starts.passed >= 3 ? 0.96 : 0.7,
    reasons: [`reserved bits are clear in ${packets}`, `picture start codes where timestamps begin: ${starts}`],
  };
}

/** MPEG-1 and MPEG-2 video (RFC 2250, section 3.4): the header's zero bits, start codes behind it. */
export function testMpegVideo(sample: StreamSample): FormatScore | null {
  const packets = new Tally(0.01, 8);
  const starts = new Tally(1e-6);
  for (const { payload } of sample.whole) {
    if (payload.length < 5) return null;
    const type = payload[2] & 7;
    packets.add(payload[0] >> 3 === 0 && type >= 1 && type <= 4);
    // A sequence header or a slice begins here.
    if (payload[2] & 0x30) starts.add(isStartCode(payload, payload[0] & 4 ? 8 : 4));
  }
  if (packets.share < 0.9 || starts.passed === 0 || starts.share < 0.8) return null;
  return {
    ...video('MPV'),
    evidence: packets.evidence + starts.evidence + sample.clockEvidence(90_000),
    limit: starts.passed >= 3 ? 0.97 : 0.7,
    reasons: [`video-specific header fits in ${packets}`, `MPEG start codes where the header says so: ${starts}`],
  };
}

/** MPEG-4 part 2 (RFC 6416): start codes of its own where timestamps begin. */
export function testMpeg4Visual(sample: StreamSample): FormatScore | null {
  const starts = new Tally(1e-6);
  for (const { payload, begins } of sample.whole) {
    if (!begins || payload.length < 5) continue;
    const code = payload[3];
    starts.add(isStartCode(payload, 0) && (code <= 0x2f || (code >= 0xb0 && code <= 0xb6)));
  }
  if (starts.passed === 0 || starts.share < 0.8) return null;
  return {
    ...video('MP4V-ES'),
    evidence: starts.evidence + sample.clockEvidence(90_000),
    limit: starts.passed >= 3 ? 0.96 : 0.7,
    reasons: [`MPEG-4 start codes where timestamps begin: ${starts}`],
  };
}

/** MPEG transport stream (RFC 2250, section 2): whole packets of 188 bytes, each with its sync byte. */
export function testTransportStream(sample: StreamSample): FormatScore | null {
  const packets = new Tally(0.0002);
  for (const { payload } of sample.whole) {
    let fits = payload.length % 188 === 0;
    for (let at = 0; fits && at < payload.length; at += 188) fits = payload[at] === 0x47;
    packets.add(fits);
  }
  if (packets.share < 0.8) return null;
  return {
    ...video('MP2T'),
    evidence: packets.evidence,
    limit: packets.passed >= 4 ? 0.99 : 0.8,
    reasons: [`packets of 188 bytes with sync byte in ${packets}`],
  };
}

/** MPEG program stream, as cameras of GB/T 28181 send it: a pack header where a timestamp begins. */
export function testProgramStream(sample: StreamSample): FormatScore | null {
  const starts = new Tally(1e-6);
  for (const { payload, begins } of sample.whole) {
    if (begins) starts.add(payload.length > 4 && isStartCode(payload, 0) && payload[3] === 0xba);
  }
  // Sound in between has packets of its own, without a pack.
  if (starts.passed < 2 || starts.share < 0.3) return null;
  return {
    ...video('MP2P'),
    evidence: 10 + Math.min(20, 5 * starts.passed) + sample.clockEvidence(90_000),
    limit: starts.passed >= 3 ? 0.97 : 0.7,
    reasons: [`pack headers where timestamps begin: ${starts}`],
  };
}

function isStartCode(payload: Uint8Array, at: number): boolean {
  return payload[at] === 0 && payload[at + 1] === 0 && payload[at + 2] === 1;
}
