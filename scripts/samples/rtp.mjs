/** RTP (RFC 3550), RTCP sender reports with CNAME, and DTMF as telephone-event (RFC 4733). */

import { udpFrame } from './packets.mjs';

const NS_PER_MS = 1_000_000;
const EXPEDITED_FORWARDING = 46;
/** Seconds between the NTP epoch (1900) and the Unix epoch. */
const NTP_OFFSET_SECONDS = 2208988800;

/** RFC 3550 section 5.1, no CSRC, no extension. */
export function rtpPacket({ payloadType, marker, sequence, timestamp, ssrc, payload }) {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = (marker ? 0x80 : 0) | payloadType;
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(timestamp >>> 0, 4);
  header.writeUInt32BE(ssrc >>> 0, 8);
  return Buffer.concat([header, payload]);
}

/**
 * Packets of one direction as the sender makes them: 20 ms of G.711 each, digits in place of the voice where planned.
 * @param {{payload: Buffer, payloadType: number, ssrc: number, firstSequence: number, firstTimestamp: number,
 *          digits?: {digit: string, atPacket: number, packets: number}[], eventPayloadType?: number}} plan
 * @returns {{sentMs: number, packet: Buffer, index: number, timestamp: number}[]}
 */
export function planRtp({
  payload,
  payloadType,
  ssrc,
  firstSequence,
  firstTimestamp,
  digits = [],
  eventPayloadType = 101,
}) {
  const samples = 160;
  const out = [];
  let sequence = firstSequence;
  let isAfterEvent = false;
  const push = (tick, packetType, marker, timestamp, body, offsetMs = 0) => {
    const packet = rtpPacket({ payloadType: packetType, marker, sequence, timestamp, ssrc, payload: body });
    out.push({ sentMs: tick * 20 + offsetMs, packet, index: out.length, timestamp });
    sequence += 1;
  };
  const ticks = Math.floor(payload.length / samples);
  for (let tick = 0; tick < ticks; tick++) {
    const event = digits.find((d) => tick >= d.atPacket && tick < d.atPacket + d.packets);
    if (!event) {
      const body = payload.subarray(tick * samples, (tick + 1) * samples);
      push(tick, payloadType, tick === 0 || isAfterEvent, firstTimestamp + tick * samples, body);
      isAfterEvent = false;
      continue;
    }
    isAfterEvent = true;
    const step = tick - event.atPacket;
    const isLast = step === event.packets - 1;
    const timestamp = firstTimestamp + event.atPacket * samples;
    const body = telephoneEvent(event.digit, isLast, (step + 1) * samples);
    push(tick, eventPayloadType, step === 0, timestamp, body);
    if (isLast) {
      // RFC 4733 section 2.5.1.4: the last packet of an event is sent three times.
      push(tick, eventPayloadType, false, timestamp, body, 1);
      push(tick, eventPayloadType, false, timestamp, body, 2);
    }
  }
  return out;
}

/** RFC 4733 section 2.3: event, end bit, volume, duration. */
function telephoneEvent(digit, isEnd, duration) {
  const body = Buffer.alloc(4);
  body[0] = '0123456789*#ABCD'.indexOf(digit);
  body[1] = (isEnd ? 0x80 : 0) | 10;
  body.writeUInt16BE(duration, 2);
  return body;
}

/**
 * Sends planned packets over a network with jitter, loss, duplicates and reordering; all of it planned, so that the
 * truth is known. Without an entry in `late` packets never overtake each other.
 * @param {{lost?: Set<number>, duplicated?: Set<number>, late?: Map<number, number>, jitterMs: number, delayMs?: number,
 *          spikes?: {from: number, to: number, ms: number}[]}} network indexes are those of the plan; `late` says behind
 *   how many packets one arrives; a spike holds packets back and lets them go in a bunch
 * @returns frames and what a listener must find
 */
export function deliverRtp(plan, { startMs, source, sourcePort, destination, destinationPort, random, network }) {
  const { lost = new Set(), duplicated = new Set(), late = new Map(), jitterMs, delayMs = 5, spikes = [] } = network;
  const arrivals = [];
  let previousMs = 0;
  for (const item of plan) {
    const spike = spikes.find((s) => item.index >= s.from && item.index < s.to);
    const heldMs = spike ? Math.max(0, spike.ms - (item.sentMs - plan[spike.from].sentMs)) : 0;
    const wishedMs = startMs + item.sentMs + delayMs + Math.abs(random.bell()) * jitterMs + heldMs;
    const atMs = Math.max(wishedMs, previousMs + 0.15);
    previousMs = atMs;
    if (!lost.has(item.index)) arrivals.push({ ...item, atMs });
  }
  for (const [index, behind] of late) {
    const position = arrivals.findIndex((arrival) => arrival.index === index);
    arrivals[position].atMs = arrivals[position + behind].atMs + 0.4;
  }
  for (const index of duplicated) {
    const original = arrivals.find((arrival) => arrival.index === index);
    arrivals.push({ ...original, atMs: original.atMs + 0.3 });
  }
  const frames = arrivals.map(({ atMs, packet }) => ({
    relNs: Math.round(atMs * 1000) * 1000,
    data: udpFrame(source, sourcePort, destination, destinationPort, packet, EXPEDITED_FORWARDING),
  }));
  return {
    frames,
    truth: {
      packets: arrivals.length,
      expected: plan.length,
      lost: lost.size,
      duplicates: duplicated.size,
      reordered: late.size,
    },
  };
}

/** A sender report with SDES CNAME (RFC 3550 sections 6.4.1 and 6.5.1) as one compound packet. */
export function senderReport({ ssrc, cname, epochMs, timestamp, packets, octets, report }) {
  const sender = Buffer.alloc(28);
  sender[1] = 200;
  sender.writeUInt32BE(ssrc >>> 0, 4);
  sender.writeUInt32BE((Math.floor(epochMs / 1000) + NTP_OFFSET_SECONDS) >>> 0, 8);
  sender.writeUInt32BE(Math.floor(((epochMs % 1000) / 1000) * 4294967296) >>> 0, 12);
  sender.writeUInt32BE(timestamp >>> 0, 16);
  sender.writeUInt32BE(packets, 20);
  sender.writeUInt32BE(octets, 24);
  const blocks = report ? [reportBlock(report)] : [];
  sender[0] = 0x80 | blocks.length;
  const first = Buffer.concat([sender, ...blocks]);
  first.writeUInt16BE(first.length / 4 - 1, 2);

  const name = Buffer.from(cname, 'utf8');
  const chunk = Buffer.alloc(Math.ceil((4 + 2 + name.length + 1) / 4) * 4);
  chunk.writeUInt32BE(ssrc >>> 0, 0);
  chunk[4] = 1;
  chunk[5] = name.length;
  name.copy(chunk, 6);
  const description = Buffer.concat([Buffer.from([0x81, 202, 0, chunk.length / 4]), chunk]);
  return Buffer.concat([first, description]);
}

function reportBlock({ ssrc, fractionLost, cumulativeLost, highestSequence, jitter }) {
  const body = Buffer.alloc(24);
  body.writeUInt32BE(ssrc >>> 0, 0);
  body.writeUInt32BE(((fractionLost << 24) | cumulativeLost) >>> 0, 4);
  body.writeUInt32BE(highestSequence >>> 0, 8);
  body.writeUInt32BE(jitter, 12);
  return body;
}

/** BYE of RFC 3550 section 6.6, without a reason. */
export function rtcpBye(ssrc) {
  const body = Buffer.alloc(8);
  body[0] = 0x81;
  body[1] = 203;
  body.writeUInt16BE(1, 2);
  body.writeUInt32BE(ssrc >>> 0, 4);
  return body;
}

/**
 * Sender reports of one direction every `everyMs`: what was sent so far, and what came from the other side.
 * @param {{plan: object[], ssrc: number, cname: string}} me
 * @param {{plan: object[], ssrc: number, lost: Set<number>}} peer
 */
export function deliverRtcp(
  me,
  peer,
  { startMs, everyMs, startSeconds, source, sourcePort, destination, destinationPort },
) {
  const frames = [];
  const endMs = me.plan[me.plan.length - 1].sentMs;
  let previousExpected = 0;
  let previousLost = 0;
  for (let ms = everyMs; ms < endMs; ms += everyMs) {
    const sent = me.plan.filter((item) => item.sentMs <= ms);
    const expected = peer.plan.filter((item) => item.sentMs <= ms).length;
    const cumulativeLost = [...peer.lost].filter((index) => index < expected).length;
    const fractionLost = Math.floor(((cumulativeLost - previousLost) * 256) / (expected - previousExpected));
    const last = sent[sent.length - 1];
    const packet = senderReport({
      ssrc: me.ssrc,
      cname: me.cname,
      epochMs: startSeconds * 1000 + startMs + ms,
      timestamp: last.timestamp + Math.round((ms - last.sentMs) * 8),
      packets: sent.length,
      octets: sent.reduce((sum, item) => sum + item.packet.length - 12, 0),
      report: {
        ssrc: peer.ssrc,
        fractionLost,
        cumulativeLost,
        highestSequence: peer.plan[0].packet.readUInt16BE(2) + expected - 1,
        jitter: 24,
      },
    });
    previousExpected = expected;
    previousLost = cumulativeLost;
    const data = udpFrame(source, sourcePort, destination, destinationPort, packet, EXPEDITED_FORWARDING);
    frames.push({ relNs: (startMs + ms + 7) * NS_PER_MS, data });
  }
  return frames;
}
