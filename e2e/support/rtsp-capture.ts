import { readFileSync } from 'node:fs';

const ethernetHeader = 14;
const ipHeader = 20;
const tcpHeader = 20;
const udpHeader = 8;
const client = { address: [192, 0, 2, 50], port: 40_100 };
const server = { address: [198, 51, 100, 64], port: 6970 };
type Side = typeof client;

export const rtspUrl = 'rtsp://198.51.100.64:6970/live';

/** RTP packets of an Ethernet pcap (little-endian, microseconds) over UDP, each with its time. */
export function rtpOf(path: string): { readonly packet: Buffer; readonly seconds: number; readonly micros: number }[] {
  const file = readFileSync(path);
  const packets = [];
  for (let at = 24; at < file.length; at += 16 + file.readUInt32LE(at + 8)) {
    const frame = file.subarray(at + 16, at + 16 + file.readUInt32LE(at + 8));
    const isUdp = frame[ethernetHeader] === 0x45 && frame[ethernetHeader + 9] === 17;
    // Short frames are padded: the length of the datagram counts.
    const end = ethernetHeader + ipHeader + (isUdp ? frame.readUInt16BE(ethernetHeader + ipHeader + 4) : 0);
    const packet = frame.subarray(ethernetHeader + ipHeader + udpHeader, end);
    // Version 2, and none of the payload types that are RTCP's.
    if (!isUdp || packet[0] >> 6 !== 2 || (packet[1] & 0x7f) < 96) continue;
    packets.push({ packet, seconds: file.readUInt32LE(at), micros: file.readUInt32LE(at + 4) });
  }
  return packets;
}

/** The same media as an RTSP session with everything on one TCP connection. */
export function interleavedCapture(path: string): Buffer {
  const media = rtpOf(path);
  const [first] = media;
  const sent = new Map<Side, number>();
  const records: Buffer[] = [];
  const send = (from: Side, to: Side, payload: Buffer, { seconds, micros } = first): void => {
    const sequence = sent.get(from) ?? 1000;
    sent.set(from, sequence + payload.length);
    const frame = Buffer.alloc(ethernetHeader + ipHeader + tcpHeader + payload.length);
    frame.writeUInt16BE(0x0800, 12);
    frame[14] = 0x45;
    frame.writeUInt16BE(frame.length - ethernetHeader, 16);
    frame[22] = 64;
    frame[23] = 6;
    Buffer.from(from.address).copy(frame, 26);
    Buffer.from(to.address).copy(frame, 30);
    frame.writeUInt16BE(from.port, 34);
    frame.writeUInt16BE(to.port, 36);
    frame.writeUInt32BE(sequence, 38);
    frame.writeUInt32BE(sent.get(to) ?? 1000, 42);
    frame[46] = 0x50;
    frame[47] = 0x18;
    payload.copy(frame, ethernetHeader + ipHeader + tcpHeader);
    const record = Buffer.alloc(16);
    [seconds, micros, frame.length, frame.length].forEach((value, i) => record.writeUInt32LE(value, 4 * i));
    records.push(record, frame);
  };
  const type = first.packet[1] & 0x7f;
  const sdp = `v=0\r\no=- 0 0 IN IP4 198.51.100.64\r\ns=live\r\nt=0 0\r\nm=video 0 RTP/AVP ${type}\r\na=rtpmap:${type} H264/90000\r\na=control:track1\r\n`;
  let number = 0;
  const exchange = (request: string, fields: string, body = ''): void => {
    number += 1;
    const length = body === '' ? '' : `Content-Type: application/sdp\r\nContent-Length: ${body.length}\r\n`;
    send(client, server, Buffer.from(`${request} RTSP/1.0\r\nCSeq: ${number}\r\nUser-Agent: player\r\n${fields}\r\n`));
    send(server, client, Buffer.from(`RTSP/1.0 200 OK\r\nCSeq: ${number}\r\n${fields}${length}\r\n${body}`));
  };
  exchange(`DESCRIBE ${rtspUrl}`, '', sdp);
  exchange(`SETUP ${rtspUrl}/track1`, 'Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n');
  exchange(`PLAY ${rtspUrl}`, 'Session: 1\r\n');
  for (const item of media) {
    const head = Buffer.from([0x24, 0, item.packet.length >> 8, item.packet.length & 0xff]);
    send(server, client, Buffer.concat([head, item.packet]), item);
  }
  return Buffer.concat([readFileSync(path).subarray(0, 24), ...records]);
}
