/**
 * Writes a large pcapng: SIP calls with both PCMU directions and RTCP amid DNS and HTTP over TCP, or nothing but HTTP
 * over TCP.
 * `node bench/make-capture.mjs FILE [MEGABYTES] [calls|tcp]`
 */

import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import { dnsExchange, httpExchange } from '../scripts/samples/background.mjs';
import { calleeVoice, callerVoice } from '../scripts/samples/call.mjs';
import { pcapngFormat } from '../scripts/samples/capture-writer.mjs';
import { encodeSamples, encodeUlaw } from '../scripts/samples/g711.mjs';
import { createHost, udpFrame } from '../scripts/samples/packets.mjs';
import { createRandom } from '../scripts/samples/random.mjs';
import { deliverRtcp, deliverRtp, planRtp } from '../scripts/samples/rtp.mjs';
import { createSipCall } from '../scripts/samples/sip.mjs';

const NS_PER_MS = 1_000_000;
const START_SECONDS = 1_772_443_800;
const CALL_SECONDS = 20;
const CALL_SPACING_MS = 500;
const WRITE_BYTES = 4 * 1024 * 1024;

function address(network, index) {
  return `${network}.${Math.floor(index / 250) % 250}.${(index % 250) + 1}`;
}

function mac(index, side) {
  return `02:00:${side}:00:${((index >> 8) & 0xff).toString(16).padStart(2, '0')}:${(index & 0xff).toString(16).padStart(2, '0')}`;
}

/** All frames of call `index` and of the traffic around it, and how many RTP packets of both directions were lost. */
function buildCall(index, voices, random) {
  const startMs = index * CALL_SPACING_MS;
  const first = createHost(mac(index, '0a'), address('10.1', index));
  const second = createHost(mac(index, '0b'), address('10.2', index));
  const server = createHost('02:00:0c:00:00:01', '10.3.0.53');
  const caller = {
    host: first,
    port: 5060,
    name: `Caller ${index}`,
    user: `a${index}`,
    domain: 'example.com',
    mediaPort: 20_000 + (index % 5000) * 2,
  };
  const callee = {
    host: second,
    port: 5060,
    name: `Callee ${index}`,
    user: `b${index}`,
    domain: 'example.com',
    mediaPort: 30_000 + (index % 5000) * 2,
  };
  const sip = createSipCall({ caller, callee, transport: 'UDP', codec: 'PCMU', random });
  const frames = [];
  const say = (atMs, from, to, payload) => {
    frames.push({
      relNs: (startMs + atMs) * NS_PER_MS,
      data: udpFrame(from.host, from.port, to.host, to.port, payload),
    });
  };
  say(20, caller, callee, sip.invite);
  say(25, callee, caller, sip.trying);
  say(180, callee, caller, sip.ringing);
  say(900, callee, caller, sip.ok);
  say(915, caller, callee, sip.ack);
  say(1_100 + CALL_SECONDS * 1000, callee, caller, sip.byeByCallee);
  say(1_110 + CALL_SECONDS * 1000, caller, callee, sip.okToBye);

  const talkMs = startMs + 1_000;
  const isLossy = index % 4 === 0;
  const sides = [
    { from: caller, to: callee, payload: voices[0], ssrc: 0x10000000 + index },
    { from: callee, to: caller, payload: voices[1], ssrc: 0x20000000 + index },
  ].map((side) => {
    const plan = planRtp({
      ...side,
      payloadType: 0,
      firstSequence: random.integer(0, 65_535),
      firstTimestamp: random.integer(0, 0x7fffffff),
    });
    // The first and the last packet arrive, so that every loss can be known from the numbers of the others.
    const candidates = isLossy ? plan.slice(1, -1) : [];
    const lost = new Set(candidates.filter(() => random.next() < 0.01).map((item) => item.index));
    return { ...side, plan, lost, cname: `${side.from.user}@${side.from.host.address}` };
  });
  sides.forEach((side, number) => {
    const ends = { source: side.from.host, destination: side.to.host };
    const media = { ...ends, sourcePort: side.from.mediaPort, destinationPort: side.to.mediaPort };
    const network = { lost: side.lost, jitterMs: 4 };
    frames.push(...deliverRtp(side.plan, { ...media, startMs: talkMs, random, network }).frames);
    const control = { ...ends, sourcePort: side.from.mediaPort + 1, destinationPort: side.to.mediaPort + 1 };
    frames.push(
      ...deliverRtcp(side, sides[1 - number], {
        ...control,
        startMs: talkMs,
        everyMs: 5_000,
        startSeconds: START_SECONDS,
      }),
    );
  });
  const lookup = {
    client: first,
    clientPort: 49_152 + (index % 16_000),
    server,
    answer: second,
    id: index & 0xffff,
    atMs: startMs,
  };
  frames.push(...dnsExchange({ ...lookup, name: `host${index}.example.com` }));
  const web = createHost('02:00:0d:00:00:01', '10.4.0.80');
  const fetch = {
    client: first,
    clientPort: 33_000 + (index % 16_000),
    server: web,
    path: `/item/${index}`,
    bodyLength: 60_000,
  };
  frames.push(
    ...httpExchange({
      ...fetch,
      atMs: startMs + 40,
      sequences: [random.integer(0, 0xffffffff), random.integer(0, 0xffffffff)],
    }),
  );
  return { frames, calls: 1, lost: sides[0].lost.size + sides[1].lost.size };
}

/** Downloads that begin at the same time; each has a connection of its own. */
const DOWNLOADS = 24;
const DOWNLOAD_BYTES = 250_000;

/** All frames of the downloads that begin in one step. */
function buildDownloads(index, random) {
  const server = createHost('02:00:0d:00:00:01', '10.4.0.80');
  const frames = [];
  for (let i = 0; i < DOWNLOADS; i += 1) {
    const number = index * DOWNLOADS + i;
    frames.push(
      ...httpExchange({
        client: createHost(mac(number, '0a'), address('10.1', number)),
        clientPort: 33_000 + (number % 16_000),
        server,
        path: `/item/${number}`,
        bodyLength: DOWNLOAD_BYTES,
        atMs: index * CALL_SPACING_MS + i,
        sequences: [random.integer(0, 0xffffffff), random.integer(0, 0xffffffff)],
      }),
    );
  }
  return { frames, calls: 0, lost: 0 };
}

/**
 * @param {string} path written anew
 * @param {number} megabytes size to reach, to a call's size
 */
export async function makeCapture(path, megabytes) {
  const random = createRandom(20_000);
  const voices = [callerVoice, calleeVoice].map((voice) => encodeSamples(voice(CALL_SECONDS, random), encodeUlaw));
  return writeCapture(path, megabytes, (index) => buildCall(index, voices, random));
}

/** The same of HTTP over TCP alone, as a recording of downloads has it. */
export async function makeTcpCapture(path, megabytes) {
  const random = createRandom(20_000);
  return writeCapture(path, megabytes, (index) => buildDownloads(index, random));
}

/** Writes what `build` makes of each step of half a second, in the order of time. */
async function writeCapture(path, megabytes, build) {
  const format = pcapngFormat({ startSeconds: START_SECONDS });
  const output = createWriteStream(path);
  let pending = [];
  let chunks = [format.header()];
  let chunkBytes = 0;
  const totals = { bytes: 0, packets: 0, calls: 0, lost: 0 };
  const writeOut = async () => {
    if (!output.write(Buffer.concat(chunks))) await once(output, 'drain');
    chunks = [];
    chunkBytes = 0;
  };
  /** Nothing earlier than `beforeNs` will come any more. */
  const release = async (beforeNs) => {
    const ready = pending.filter((frame) => frame.relNs < beforeNs).sort((a, b) => a.relNs - b.relNs);
    pending = pending.filter((frame) => frame.relNs >= beforeNs);
    for (const frame of ready) {
      const record = format.record(frame);
      chunks.push(record);
      chunkBytes += record.length;
      totals.bytes += record.length;
      totals.packets += 1;
      if (chunkBytes >= WRITE_BYTES) await writeOut();
    }
  };
  let pendingBytes = 0;
  for (let step = 0; pendingBytes < megabytes * 1e6; step += 1) {
    const { frames, calls, lost } = build(step);
    for (const frame of frames) pendingBytes += frame.data.length + 32;
    pending = pending.concat(frames);
    totals.calls += calls;
    totals.lost += lost;
    await release((step + 1) * CALL_SPACING_MS * NS_PER_MS);
  }
  await release(Number.POSITIVE_INFINITY);
  chunks.push(format.trailer());
  await writeOut();
  output.end();
  await once(output, 'finish');
  return totals;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [path, megabytes = '200', kind = 'calls'] = process.argv.slice(2);
  const make = { calls: makeCapture, tcp: makeTcpCapture }[kind];
  if (!path || !make) {
    console.error('usage: node bench/make-capture.mjs FILE [MEGABYTES] [calls|tcp]');
    process.exit(2);
  }
  console.log(JSON.stringify(await make(path, Number(megabytes))));
}
