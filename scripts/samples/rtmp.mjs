/** A live stream played over RTMP: handshake, commands, metadata, H.264 and PCMU. */

import { calleeVoice, START_SECONDS } from './call.mjs';
import { buildCapture, pcapngFormat } from './capture-writer.mjs';
import { encodeSamples, encodeUlaw } from './g711.mjs';
import { walkingSquare } from './h264.mjs';
import { createHost, createTcpConnection } from './packets.mjs';
import { createRandom } from './random.mjs';

const SEGMENT_BYTES = 1448;
const CHUNK_BYTES = 4096;
const TYPE = { setChunkSize: 1, userControl: 4, windowAckSize: 5, audio: 8, video: 9, data: 18, command: 20 };
const PICTURES = 60;
const PICTURES_A_SECOND = 20;
const SOUND_MS = 20;

const uint = (value, bytes) => {
  const out = Buffer.alloc(bytes);
  out.writeUIntBE(value, 0, bytes);
  return out;
};

/** AMF0 of plain values. */
export function amf0(...values) {
  return Buffer.concat(values.map(amfValue));
}

function amfValue(value) {
  if (typeof value === 'number') {
    const out = Buffer.alloc(9);
    out.writeDoubleBE(value, 1);
    return out;
  }
  if (typeof value === 'boolean') return Buffer.from([1, value ? 1 : 0]);
  if (typeof value === 'string') return Buffer.concat([Buffer.from([2]), amfName(value)]);
  if (value === null) return Buffer.from([5]);
  const members = Object.entries(value).flatMap(([name, member]) => [amfName(name), amfValue(member)]);
  return Buffer.concat([Buffer.from([3]), ...members, Buffer.from([0, 0, 9])]);
}

function amfName(name) {
  return Buffer.concat([uint(name.length, 2), Buffer.from(name)]);
}

/** A message in chunks: the first with a full header, the others with none (RTMP 1.0, section 5.3). */
export function rtmpMessage({ type, payload, chunkStream, timestampMs = 0, messageStream = 0, chunkBytes = 128 }) {
  const id = Buffer.alloc(4);
  id.writeUInt32LE(messageStream);
  const header = [Buffer.from([chunkStream]), uint(timestampMs, 3), uint(payload.length, 3), Buffer.from([type]), id];
  const chunks = [...header, payload.subarray(0, chunkBytes)];
  for (let at = chunkBytes; at < payload.length; at += chunkBytes) {
    chunks.push(Buffer.from([0xc0 | chunkStream]), payload.subarray(at, at + chunkBytes));
  }
  return Buffer.concat(chunks);
}

/** C0 and C1, C2 and their kin: random bytes, each side's sent back by the other. */
function handshake(random) {
  const bytes = () => Buffer.from(Array.from({ length: 1528 }, () => random.integer(0, 255)));
  const zeros = Buffer.alloc(8);
  const [c1, s1] = [Buffer.concat([zeros, bytes()]), Buffer.concat([zeros, bytes()])];
  const version = Buffer.from([3]);
  return { client: [Buffer.concat([version, c1]), s1], server: Buffer.concat([version, s1, c1]) };
}

/**
 * Both sides of a connection on which `name` is played, up to the first picture.
 * @param {(from: 'client' | 'server', bytes: Buffer, atMs: number) => void} say
 */
export function beginRtmpPlay({ random, host, app, name, metadata, say }) {
  const { client, server } = handshake(random);
  say('client', client[0], 0);
  say('server', server, 20);
  say('client', client[1], 22);
  const command = (values, messageStream = 0, chunkBytes = 128) =>
    rtmpMessage({ type: TYPE.command, payload: amf0(...values), chunkStream: 3, messageStream, chunkBytes });
  /** Behind its Set Chunk Size. */
  const answer = (values, messageStream = 0) => command(values, messageStream, CHUNK_BYTES);
  const control = (type, value, bytes) => rtmpMessage({ type, payload: uint(value, bytes), chunkStream: 2 });
  const tcUrl = `rtmp://${host}/${app}`;
  say('client', command(['connect', 1, { app, flashVer: 'LNX 9.0.124.2', tcUrl, fpad: false, capabilities: 15 }]), 40);
  const accepted = { level: 'status', code: 'NetConnection.Connect.Success', description: 'Connection succeeded.' };
  say(
    'server',
    Buffer.concat([
      control(TYPE.windowAckSize, 2_500_000, 4),
      control(TYPE.setChunkSize, CHUNK_BYTES, 4),
      answer(['_result', 1, { fmsVer: 'FMS/3,5,7,7009', capabilities: 31 }, accepted]),
    ]),
    60,
  );
  say('client', Buffer.concat([control(TYPE.windowAckSize, 2_500_000, 4), command(['createStream', 2, null])]), 65);
  say('server', answer(['_result', 2, null, 1]), 85);
  say('client', command(['play', 3, null, name, -2000], 1), 90);
  const started = { level: 'status', code: 'NetStream.Play.Start', description: `Started playing ${name}.` };
  say(
    'server',
    Buffer.concat([
      rtmpMessage({ type: TYPE.userControl, payload: Buffer.from([0, 0, 0, 0, 0, 1]), chunkStream: 2 }),
      answer(['onStatus', 0, null, started], 1),
      rtmpMessage({
        type: TYPE.data,
        payload: amf0('onMetaData', metadata),
        chunkStream: 5,
        messageStream: 1,
        chunkBytes: CHUNK_BYTES,
      }),
    ]),
    110,
  );
}

/** A message of media on message stream 1. */
export function rtmpMedia(type, payload, timestampMs, chunkBytes = CHUNK_BYTES) {
  const chunkStream = type === TYPE.video ? 6 : 4;
  return rtmpMessage({ type, payload, chunkStream, timestampMs, messageStream: 1, chunkBytes });
}

/** Frames of a TCP connection: `say` sends bytes of one side in segments. */
export function createRtmpConnection({ client, server, ports, random, startMs }) {
  const frames = [];
  let atNs = startMs * 1e6;
  const sequences = [random.integer(0, 0xffffffff), random.integer(0, 0xffffffff)];
  const connection = createTcpConnection(client, ports[0], server, ports[1], sequences, (data) => {
    frames.push({ relNs: Math.round(atNs), data });
    atNs += 12_000;
  });
  connection.open();
  return {
    frames,
    say(from, bytes, atMs) {
      atNs = Math.max(atNs, (startMs + atMs) * 1e6);
      for (let at = 0; at < bytes.length; at += SEGMENT_BYTES)
        connection.data(from, bytes.subarray(at, at + SEGMENT_BYTES));
      connection.acknowledge(from === 'client' ? 'server' : 'client');
    },
    close: () => connection.close(),
  };
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1) of one parameter set each. */
function avcConfiguration(sps, pps) {
  const sets = [Buffer.from([0xe1]), uint(sps.length, 2), sps, Buffer.from([1]), uint(pps.length, 2), pps];
  return Buffer.concat([Buffer.from([1, sps[1], sps[2], sps[3], 0xff]), ...sets]);
}

/** Three seconds of the walking square with a voice beside it, on a port that says nothing. */
export function buildRtmpFixture() {
  const random = createRandom(0x1935);
  const client = createHost('02:00:00:00:06:01', '192.0.2.61');
  const server = createHost('02:00:00:00:06:02', '198.51.100.62');
  const { width, height, pictures } = walkingSquare({ columns: 4, rows: 4, pictures: PICTURES, keyEvery: 20 });
  const { frames, say, close } = createRtmpConnection({ client, server, ports: [50_123, 8085], random, startMs: 100 });
  const metadata = {
    width,
    height,
    framerate: PICTURES_A_SECOND,
    videocodecid: 7,
    audiocodecid: 8,
    encoder: 'Tapdeck samples',
  };
  beginRtmpPlay({ random, host: '198.51.100.62:8085', app: 'live', name: 'square', metadata, say });
  const firstMs = 150;
  const [sps, pps] = pictures[0].nals;
  const configuration = Buffer.concat([
    Buffer.from([0x17, 0, 0, 0, 0]),
    avcConfiguration(Buffer.from(sps), Buffer.from(pps)),
  ]);
  say('server', rtmpMedia(TYPE.video, configuration, 0), firstMs);
  const seconds = PICTURES / PICTURES_A_SECOND;
  const sound = Buffer.from(encodeSamples(calleeVoice(seconds, random), encodeUlaw));
  const messages = [];
  for (const [n, { isKey, nals }] of pictures.entries()) {
    const slices = nals.slice(isKey ? 2 : 0).flatMap((nal) => [uint(nal.length, 4), Buffer.from(nal)]);
    const payload = Buffer.concat([Buffer.from([isKey ? 0x17 : 0x27, 1, 0, 0, 0]), ...slices]);
    messages.push({ type: TYPE.video, payload, timeMs: (n * 1000) / PICTURES_A_SECOND });
  }
  const samples = (8000 * SOUND_MS) / 1000;
  for (let at = 0; at + samples <= sound.length; at += samples) {
    const payload = Buffer.concat([Buffer.from([0x82]), sound.subarray(at, at + samples)]);
    messages.push({ type: TYPE.audio, payload, timeMs: (1000 * at) / 8000 });
  }
  messages.sort((a, b) => a.timeMs - b.timeMs);
  for (const { payload, timeMs, type } of messages) say('server', rtmpMedia(type, payload, timeMs), firstMs + timeMs);
  close();
  return {
    bytes: buildCapture(pcapngFormat({ startSeconds: START_SECONDS }), frames),
    truth: {
      url: 'rtmp://198.51.100.62:8085/live/square',
      packets: frames.length,
      width,
      height,
      pictures: PICTURES,
      keyPictures: 3,
      picturesASecond: PICTURES_A_SECOND,
      soundMessages: messages.length - PICTURES,
      seconds,
    },
  };
}
