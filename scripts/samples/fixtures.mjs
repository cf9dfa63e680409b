/** `e2e/fixtures/captures/`: one small file a case, with what must be found in it. */

import { arpExchange, dnsExchange, httpExchange } from './background.mjs';
import { CALLEE_TONE_HZ, CALLER_TONE_HZ, calleeVoice, callerVoice, START_SECONDS } from './call.mjs';
import { buildCapture, pcapFormat, pcapngFormat } from './capture-writer.mjs';
import { encodeAlaw, encodeSamples, encodeUlaw } from './g711.mjs';
import { createHost, createTcpConnection, udpFrame } from './packets.mjs';
import { encodePng } from './png.mjs';
import { createRandom } from './random.mjs';
import { deliverRtp, planRtp } from './rtp.mjs';
import { createSipCall } from './sip.mjs';
import { buildRtmpFixture } from './rtmp.mjs';
import { buildVideoFixture } from './video.mjs';

const NS_PER_MS = 1_000_000;
const TALK_SECONDS = 3;
const TALK_START_MS = 400;

function createParties(addresses) {
  const [first, second] = addresses.map((address, index) => createHost(`02:00:00:00:01:0${index + 1}`, address));
  return {
    caller: { host: first, port: 5060, name: 'Clara Voss', user: 'clara', domain: 'example.com', mediaPort: 21000 },
    callee: { host: second, port: 5060, name: 'Daniel Roy', user: 'daniel', domain: 'example.com', mediaPort: 31000 },
  };
}

/** Two directions of three seconds, with the losses given per direction. */
function talk({ caller, callee }, { codec, random, lost = [new Set(), new Set()] }) {
  const encode = codec === 'PCMA' ? encodeAlaw : encodeUlaw;
  const sides = [
    { from: caller, to: callee, voice: callerVoice, ssrc: 0x11110001, toneHz: CALLER_TONE_HZ, lost: lost[0] },
    { from: callee, to: caller, voice: calleeVoice, ssrc: 0x22220002, toneHz: CALLEE_TONE_HZ, lost: lost[1] },
  ];
  const streams = [];
  const frames = sides.flatMap(({ from, to, voice, ssrc, toneHz, lost: missing }) => {
    const plan = planRtp({
      payload: encodeSamples(voice(TALK_SECONDS, random), encode),
      payloadType: codec === 'PCMA' ? 8 : 0,
      ssrc,
      firstSequence: random.integer(0, 30_000),
      firstTimestamp: random.integer(0, 1_000_000),
    });
    const delivered = deliverRtp(plan, {
      startMs: TALK_START_MS,
      source: from.host,
      sourcePort: from.mediaPort,
      destination: to.host,
      destinationPort: to.mediaPort,
      random,
      network: { lost: missing, jitterMs: 3 },
    });
    streams.push({
      src: hostPort(from.host, from.mediaPort),
      dst: hostPort(to.host, to.mediaPort),
      ssrc: `0x${ssrc.toString(16)}`,
      codec,
      ...delivered.truth,
      toneHz,
      dtmf: '',
    });
    return delivered.frames;
  });
  return { frames, streams };
}

function hostPort(host, port) {
  return host.isIpv6 ? `[${host.address}]:${port}` : `${host.address}:${port}`;
}

function completedCall(sip, { messages = 7, setupSeconds, durationSeconds }) {
  return {
    callId: sip.callId,
    from: 'clara',
    to: 'daniel',
    state: 'completed',
    finalStatus: 200,
    setupSeconds,
    durationSeconds,
    messages,
    dtmf: { 'a-to-b': '', 'b-to-a': '' },
  };
}

/** INVITE to BYE over UDP with media; the basis of most fixtures. */
function udpCall(addresses, { codec, seed, lost }) {
  const random = createRandom(seed);
  const parties = createParties(addresses);
  const { caller, callee } = parties;
  const sip = createSipCall({ caller, callee, transport: 'UDP', codec, random });
  const frames = [];
  const say = (atMs, from, to, payload) => {
    frames.push({ relNs: atMs * NS_PER_MS, data: udpFrame(from.host, from.port, to.host, to.port, payload) });
  };
  say(0, caller, callee, sip.invite);
  say(8, callee, caller, sip.trying);
  say(90, callee, caller, sip.ringing);
  say(350, callee, caller, sip.ok);
  say(372, caller, callee, sip.ack);
  const media = talk(parties, { codec, random, lost });
  frames.push(...media.frames);
  say(3_500, callee, caller, sip.byeByCallee);
  say(3_521, caller, callee, sip.okToBye);
  const truth = {
    packets: frames.length,
    calls: [completedCall(sip, { setupSeconds: 0.35, durationSeconds: 3.15 })],
    streams: media.streams,
  };
  return { frames, truth };
}

const IPV4_PAIR = ['192.0.2.31', '198.51.100.32'];

function sipOverTcp() {
  const random = createRandom(0x7c9);
  const parties = createParties(IPV4_PAIR);
  const { caller, callee } = parties;
  const sip = createSipCall({ caller, callee, transport: 'TCP', codec: 'PCMA', random });
  const frames = [];
  let timeMs = 0;
  const connection = createTcpConnection(caller.host, 40_712, callee.host, callee.port, [0xffffff80, 7_001], (data) => {
    frames.push({ relNs: Math.round(timeMs * NS_PER_MS), data });
    timeMs += 1.5;
  });
  connection.open();
  // The INVITE in two segments, cut inside a header line.
  connection.data('client', sip.invite.subarray(0, 211));
  connection.data('client', sip.invite.subarray(211));
  connection.acknowledge('server');
  timeMs = 60;
  // Two responses in one segment.
  connection.data('server', Buffer.concat([sip.trying, sip.ringing]));
  connection.acknowledge('client');
  timeMs = 340;
  // The 200 cut inside its body.
  connection.data('server', sip.ok.subarray(0, sip.ok.length - 40));
  connection.data('server', sip.ok.subarray(sip.ok.length - 40));
  timeMs = 360;
  connection.data('client', sip.ack);
  connection.acknowledge('server');
  const media = talk(parties, { codec: 'PCMA', random });
  frames.push(...media.frames);
  timeMs = 3_500;
  connection.data('server', sip.byeByCallee);
  connection.data('client', sip.okToBye);
  timeMs = 3_600;
  connection.close();
  const call = completedCall(sip, { setupSeconds: null, durationSeconds: null });
  return { frames, truth: { packets: frames.length, calls: [call], streams: media.streams } };
}

function rtpOnly() {
  const random = createRandom(0x472);
  const media = talk(createParties(IPV4_PAIR), {
    codec: 'PCMU',
    random,
    lost: [new Set([40, 41, 42, 90]), new Set([75])],
  });
  return { frames: media.frames, truth: { packets: media.frames.length, calls: [], streams: media.streams } };
}

function failedCall() {
  const random = createRandom(0x486);
  const { caller, callee } = createParties(IPV4_PAIR);
  const sip = createSipCall({ caller, callee, transport: 'UDP', codec: 'PCMU', random });
  const say = (atMs, from, to, payload) => ({
    relNs: atMs * NS_PER_MS,
    data: udpFrame(from.host, from.port, to.host, to.port, payload),
  });
  const frames = [
    say(0, caller, callee, sip.invite),
    say(11, callee, caller, sip.trying),
    say(140, callee, caller, sip.ringing),
    say(2_260, callee, caller, sip.busy),
    say(2_284, caller, callee, sip.ackOfFailure),
  ];
  const call = {
    ...completedCall(sip, { messages: 5, setupSeconds: null, durationSeconds: null }),
    state: 'rejected',
    finalStatus: 486,
  };
  return { frames, truth: { packets: frames.length, calls: [call], streams: [] } };
}

function noMedia() {
  const client = createHost('02:00:00:00:02:01', '192.0.2.61');
  const router = createHost('02:00:00:00:02:02', '192.0.2.1');
  const web = createHost('02:00:00:00:02:03', '203.0.113.63');
  const frames = [
    ...arpExchange({ asker: client, owner: router, atMs: 0 }),
    ...dnsExchange({
      client,
      clientPort: 50_101,
      server: router,
      name: 'www.example.org',
      answer: web,
      id: 1,
      atMs: 3,
    }),
    ...httpExchange({
      client,
      clientPort: 50_200,
      server: web,
      path: '/',
      bodyLength: 9_000,
      atMs: 20,
      sequences: [100, 900],
    }),
  ];
  return {
    frames,
    truth: {
      packets: frames.length,
      calls: [],
      streams: [],
      conversations: { ethernet: 3, ipv4: 2, ipv6: 0, tcp: 1, udp: 1 },
    },
  };
}

/** A record header that claims nearly 4 GiB, with a hundred bytes behind it. */
function absurdRecord() {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(START_SECONDS, 0);
  header.writeUInt32LE(0xfffffff0, 8);
  header.writeUInt32LE(0xfffffff0, 12);
  return Buffer.concat([header, Buffer.alloc(100, 0xa5)]);
}

const TEXT = `These are notes, not a capture.
They were saved beside the recordings by mistake and carry no packets.
`;

/** Name -> bytes of every fixture, and `truths.json` with what must be found in each. */
export function buildFixtures() {
  const startSeconds = START_SECONDS;
  const pcapng = () => pcapngFormat({ startSeconds });
  const pcap = (options = {}) => pcapFormat({ startSeconds, ...options });
  const files = new Map();
  const truths = {};
  const add = (name, format, { frames, truth }, formatName) => {
    files.set(name, buildCapture(format, frames));
    truths[name] = { format: formatName, complete: true, ...truth };
  };

  add('sip-tcp.pcapng', pcapng(), sipOverTcp(), 'pcapng');
  add('rtp-only.pcap', pcap(), rtpOnly(), 'pcap');
  add('failed-call-486.pcap', pcap(), failedCall(), 'pcap');
  add(
    'ipv6-call.pcapng',
    pcapng(),
    udpCall(['2001:db8::31', '2001:db8:0:1::32'], { codec: 'PCMU', seed: 6 }),
    'pcapng',
  );
  const lossy = { codec: 'PCMA', seed: 9, lost: [new Set([20]), new Set([50, 51])] };
  add('nanosecond-big-endian.pcap', pcap({ nanoseconds: true, bigEndian: true }), udpCall(IPV4_PAIR, lossy), 'pcap');
  add('no-media.pcapng', pcapng(), noMedia(), 'pcapng');

  const whole = udpCall(IPV4_PAIR, { codec: 'PCMU', seed: 11 });
  const ordered = [...whole.frames].sort((a, b) => a.relNs - b.relNs);
  const kept = 180;
  const wholeFile = buildCapture(pcap(), ordered.slice(0, kept + 1));
  files.set('cut-in-record.pcap', wholeFile.subarray(0, wholeFile.length - 97));
  truths['cut-in-record.pcap'] = { format: 'pcap', complete: false, packets: kept, callsFound: 1, streamsFound: 2 };
  const wholeNg = buildCapture(pcapng(), ordered.slice(0, kept));
  // Cuts into the last packet block, behind which 32 bytes of statistics and their option would stand.
  const statisticsLength = 24 + 12 + 4;
  files.set('cut-in-block.pcapng', wholeNg.subarray(0, wholeNg.length - statisticsLength - 61));
  truths['cut-in-block.pcapng'] = {
    format: 'pcapng',
    complete: false,
    packets: kept - 1,
    callsFound: 1,
    streamsFound: 2,
  };

  const twelve = ordered.slice(0, 12);
  files.set(
    'absurd-lengths.pcap',
    Buffer.concat([buildCapture(pcap({ snaplen: 0xffffffff }), twelve), absurdRecord()]),
  );
  truths['absurd-lengths.pcap'] = { format: 'pcap', complete: false, packets: 12, callsFound: 1 };
  files.set('absurd-first-record.pcap', Buffer.concat([pcap({ snaplen: 0xffffffff }).header(), absurdRecord()]));
  truths['absurd-first-record.pcap'] = { format: 'pcap', complete: false, packets: 0, callsFound: 0 };

  const video = buildVideoFixture();
  files.set('video-h264.pcap', video.bytes);
  files.set('video-h264.truth.json', Buffer.from(`${JSON.stringify(video.truth, null, 2)}\n`));

  const rtmp = buildRtmpFixture();
  files.set('rtmp-play.pcapng', rtmp.bytes);
  files.set('rtmp-play.truth.json', Buffer.from(`${JSON.stringify(rtmp.truth, null, 2)}\n`));

  files.set('empty.pcap', Buffer.alloc(0));
  files.set('header-only.pcap', pcap().header());
  truths['header-only.pcap'] = { format: 'pcap', complete: true, packets: 0, calls: [], streams: [] };
  files.set('notes.txt', Buffer.from(TEXT));
  files.set('text-named-capture.pcap', Buffer.from(TEXT));
  files.set('picture.png', encodePng(8, 8, Buffer.alloc(8 * 8 * 4, 0xcc), { compress: false }));
  files.set('truths.json', Buffer.from(`${JSON.stringify(truths, null, 2)}\n`));
  return files;
}
