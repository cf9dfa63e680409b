/** `assets/samples/call.pcapng`: a whole call with both voices, losses, digits and other traffic, and its truth. */

import { arpExchange, dnsExchange, httpExchange } from './background.mjs';
import { buildCapture, pcapngFormat } from './capture-writer.mjs';
import { encodeSamples, encodeUlaw } from './g711.mjs';
import { createHost, udpFrame } from './packets.mjs';
import { createRandom } from './random.mjs';
import { deliverRtcp, deliverRtp, planRtp, rtcpBye } from './rtp.mjs';
import { createSipCall } from './sip.mjs';
import { melody, synthesizeVoice } from './voice.mjs';

const NS_PER_MS = 1_000_000;
/** 2026-03-02T09:30:00Z. */
export const START_SECONDS = 1772443800;
const TALK_START_MS = 1_720;
const TALK_SECONDS = 10;
const BYE_MS = TALK_START_MS + TALK_SECONDS * 1000 + 60;
export const CALLER_TONE_HZ = 440;
export const CALLEE_TONE_HZ = 880;

function range(first, count) {
  return Array.from({ length: count }, (_, i) => first + i);
}

/** The caller's voice: deep, rising phrases, silent while the other answers. */
export function callerVoice(seconds, random) {
  const question = [
    [131, 0.32, 'a'],
    [147, 0.28, 'e'],
    [165, 0.3, 'i'],
    [196, 0.55, 'o'],
    [0, 0.25, 'a'],
    [175, 0.3, 'u'],
    [165, 0.3, 'a'],
    [196, 0.6, 'e'],
  ];
  const notes = [...melody(0.3, question), ...melody(4.7, question), ...melody(7.7, question.slice(0, 4))];
  return synthesizeVoice({ seconds, markerHz: CALLER_TONE_HZ, otherMarkerHz: CALLEE_TONE_HZ, random, notes });
}

/** The callee's voice: higher, falling phrases in the caller's pauses, sometimes over them. */
export function calleeVoice(seconds, random) {
  const answer = [
    [330, 0.25, 'i'],
    [294, 0.25, 'a'],
    [262, 0.3, 'o'],
    [247, 0.5, 'u'],
    [0, 0.15, 'a'],
    [294, 0.25, 'e'],
    [220, 0.65, 'a'],
  ];
  const notes = [...melody(2.6, answer), ...melody(5.9, answer), ...melody(8.6, answer.slice(0, 4))];
  return synthesizeVoice({ seconds, markerHz: CALLEE_TONE_HZ, otherMarkerHz: CALLER_TONE_HZ, random, notes });
}

export function buildCallSample() {
  const random = createRandom(0x7a9d);
  const alice = createHost('02:00:00:00:00:0a', '192.0.2.10');
  const bruno = createHost('02:00:00:00:00:14', '198.51.100.20');
  const nameServer = createHost('02:00:00:00:00:35', '192.0.2.53');
  const webServer = createHost('02:00:00:00:00:50', '203.0.113.80');
  const caller = {
    host: alice,
    port: 5060,
    name: 'Alice Marlow',
    user: 'alice',
    domain: 'example.org',
    mediaPort: 20000,
  };
  const callee = {
    host: bruno,
    port: 5060,
    name: 'Bruno Keller',
    user: 'bruno',
    domain: 'example.net',
    mediaPort: 30000,
  };
  const sip = createSipCall({ caller, callee, transport: 'UDP', codec: 'PCMU', random });
  const frames = [];
  const say = (atMs, from, to, payload, comment) => {
    frames.push({
      relNs: atMs * NS_PER_MS,
      data: udpFrame(from.host, from.port, to.host, to.port, payload, 24),
      comment,
    });
  };

  frames.push(
    ...arpExchange({ asker: alice, owner: nameServer, atMs: 0 }),
    ...dnsExchange({
      client: alice,
      clientPort: 49731,
      server: nameServer,
      name: 'sip.example.net',
      answer: bruno,
      id: 0x3a21,
      atMs: 4,
    }),
    ...httpExchange({
      client: alice,
      clientPort: 51204,
      server: webServer,
      path: '/status',
      bodyLength: 6200,
      atMs: 40,
      sequences: [0x1f00aa10, 0xfffffe00],
    }),
    ...dnsExchange({
      client: alice,
      clientPort: 49802,
      server: nameServer,
      name: 'www.example.org',
      answer: webServer,
      id: 0x3a22,
      atMs: 5_200,
    }),
    ...httpExchange({
      client: alice,
      clientPort: 51210,
      server: webServer,
      path: '/contacts',
      bodyLength: 3100,
      atMs: 5_230,
      sequences: [0x20cc0410, 0x00a40c20],
    }),
    ...arpExchange({ asker: bruno, owner: alice, atMs: 9_470 }),
  );

  say(205, caller, callee, sip.invite, 'The call begins here');
  say(212, callee, caller, sip.trying);
  say(388, callee, caller, sip.ringing);
  say(1_654, callee, caller, sip.ok);
  say(1_683, caller, callee, sip.ack);
  say(BYE_MS, callee, caller, sip.byeByCallee);
  say(BYE_MS + 31, caller, callee, sip.okToBye);

  const callerPlan = planRtp({
    payload: encodeSamples(callerVoice(TALK_SECONDS, random), encodeUlaw),
    payloadType: 0,
    ssrc: 0x5a11ce01,
    // Wraps in the middle of the call.
    firstSequence: 65_290,
    firstTimestamp: 0xfffff000,
    digits: [
      { digit: '1', atPacket: 330, packets: 6 },
      { digit: '5', atPacket: 342, packets: 6 },
      { digit: '9', atPacket: 354, packets: 6 },
      { digit: '#', atPacket: 366, packets: 6 },
    ],
  });
  const calleePlan = planRtp({
    payload: encodeSamples(calleeVoice(TALK_SECONDS, random), encodeUlaw),
    payloadType: 0,
    ssrc: 0xb0b00002,
    firstSequence: 4_100,
    firstTimestamp: 88_000,
  });
  const callerLost = new Set([61, ...range(240, 20), 430, 455]);
  const calleeLost = new Set([150, 151, 377]);
  const fromCaller = deliverRtp(callerPlan, {
    startMs: TALK_START_MS,
    source: alice,
    sourcePort: caller.mediaPort,
    destination: bruno,
    destinationPort: callee.mediaPort,
    random,
    network: {
      lost: callerLost,
      late: new Map([
        [120, 1],
        [300, 2],
      ]),
      duplicated: new Set([200]),
      jitterMs: 2.5,
    },
  });
  const fromCallee = deliverRtp(calleePlan, {
    startMs: TALK_START_MS + 10,
    source: bruno,
    sourcePort: callee.mediaPort,
    destination: alice,
    destinationPort: caller.mediaPort,
    random,
    network: {
      lost: calleeLost,
      late: new Map([[230, 1]]),
      duplicated: new Set([90, 301]),
      jitterMs: 9,
      delayMs: 22,
      spikes: [{ from: 405, to: 412, ms: 110 }],
    },
  });
  const ends = { everyMs: 2_500, startSeconds: START_SECONDS };
  frames.push(
    ...fromCaller.frames,
    ...fromCallee.frames,
    ...deliverRtcp(
      { plan: callerPlan, ssrc: 0x5a11ce01, cname: 'alice@192.0.2.10' },
      { plan: calleePlan, ssrc: 0xb0b00002, lost: calleeLost },
      { ...ends, startMs: TALK_START_MS, source: alice, sourcePort: 20001, destination: bruno, destinationPort: 30001 },
    ),
    ...deliverRtcp(
      { plan: calleePlan, ssrc: 0xb0b00002, cname: 'bruno@198.51.100.20' },
      { plan: callerPlan, ssrc: 0x5a11ce01, lost: callerLost },
      {
        ...ends,
        startMs: TALK_START_MS + 10,
        source: bruno,
        sourcePort: 30001,
        destination: alice,
        destinationPort: 20001,
      },
    ),
    { relNs: (BYE_MS + 4) * NS_PER_MS, data: udpFrame(bruno, 30001, alice, 20001, rtcpBye(0xb0b00002), 46) },
  );

  const format = pcapngFormat({
    startSeconds: START_SECONDS,
    names: [
      { host: alice, name: 'alice.example.org' },
      { host: bruno, name: 'bruno.example.net' },
    ],
  });
  const bytes = buildCapture(format, frames);
  const truth = {
    format: 'pcapng',
    bytes: bytes.length,
    packets: frames.length,
    conversations: { ethernet: 5, wlan: 0, ipv4: 3, ipv6: 0, tcp: 2, udp: 5, sctp: 0 },
    calls: [
      {
        callId: sip.callId,
        from: 'alice',
        to: 'bruno',
        state: 'completed',
        finalStatus: 200,
        setupSeconds: 1.449,
        durationSeconds: (BYE_MS - 1_654) / 1000,
        messages: 7,
        dtmf: { 'a-to-b': '159#', 'b-to-a': '' },
      },
    ],
    streams: [
      {
        src: '192.0.2.10:20000',
        dst: '198.51.100.20:30000',
        ssrc: '0x5a11ce01',
        codec: 'PCMU',
        ...fromCaller.truth,
        toneHz: CALLER_TONE_HZ,
        dtmf: '159#',
      },
      {
        src: '198.51.100.20:30000',
        dst: '192.0.2.10:20000',
        ssrc: '0xb0b00002',
        codec: 'PCMU',
        ...fromCallee.truth,
        toneHz: CALLEE_TONE_HZ,
        dtmf: '',
      },
    ],
    lostStretch: { ssrc: '0x5a11ce01', packets: 20, milliseconds: 400 },
    talkSeconds: TALK_SECONDS,
  };
  return { bytes, truth };
}
