/** What else a network says while people talk: ARP, DNS and a small HTTP exchange over TCP. */

import { arpReply, arpRequest, createTcpConnection, udpFrame } from './packets.mjs';

const NS_PER_MS = 1_000_000;

function dnsName(name) {
  return Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}

/** A query for an A record and its answer, `delayMs` later. */
export function dnsExchange({ client, clientPort, server, name, answer, id, atMs, delayMs = 9 }) {
  const question = Buffer.concat([dnsName(name), Buffer.from([0, 1, 0, 1])]);
  const header = (flags, answers) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16BE(id, 0);
    bytes.writeUInt16BE(flags, 2);
    bytes.writeUInt16BE(1, 4);
    bytes.writeUInt16BE(answers, 6);
    return bytes;
  };
  // Name by pointer to the question, type A, class IN, 300 s to live, four octets.
  const record = Buffer.concat([Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 0x2c, 0, 4]), answer.bytes]);
  return [
    {
      relNs: atMs * NS_PER_MS,
      data: udpFrame(client, clientPort, server, 53, Buffer.concat([header(0x0100, 0), question])),
    },
    {
      relNs: (atMs + delayMs) * NS_PER_MS,
      data: udpFrame(server, 53, client, clientPort, Buffer.concat([header(0x8180, 1), question, record])),
    },
  ];
}

export function arpExchange({ asker, owner, atMs }) {
  return [
    { relNs: atMs * NS_PER_MS, data: arpRequest(asker, owner) },
    { relNs: atMs * NS_PER_MS + 320_000, data: arpReply(owner, asker) },
  ];
}

/** Handshake, GET, a response of `bodyLength` octets in segments of 1400, close. */
export function httpExchange({ client, clientPort, server, path, bodyLength, atMs, sequences }) {
  const frames = [];
  let timeMs = atMs;
  const connection = createTcpConnection(client, clientPort, server, 80, sequences, (data) => {
    frames.push({ relNs: Math.round(timeMs * NS_PER_MS), data });
    timeMs += 3.25;
  });
  const body = Buffer.alloc(bodyLength, 'The tape runs on. ');
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
  connection.open();
  connection.data(
    'client',
    Buffer.from(`GET ${path} HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: sample/1.0\r\n\r\n`),
  );
  const answer = Buffer.concat([Buffer.from(head), body]);
  for (let offset = 0; offset < answer.length; offset += 1400) {
    connection.data('server', answer.subarray(offset, offset + 1400));
    connection.acknowledge('client');
  }
  connection.close();
  return frames;
}
