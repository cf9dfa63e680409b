/** Ethernet, ARP, IPv4, IPv6, UDP and TCP packets with right lengths and checksums. */

const ETHER_TYPE_IPV4 = 0x0800;
const ETHER_TYPE_ARP = 0x0806;
const ETHER_TYPE_IPV6 = 0x86dd;

export const TCP_FIN = 0x01;
export const TCP_SYN = 0x02;
export const TCP_PSH = 0x08;
export const TCP_ACK = 0x10;

/**
 * A host on the wire.
 * @param {string} mac `02:00:00:00:00:01`
 * @param {string} address dotted IPv4, or IPv6 in RFC 4291 text form
 */
export function createHost(mac, address) {
  const isIpv6 = address.includes(':');
  return { mac: parseMac(mac), address, isIpv6, bytes: isIpv6 ? parseIpv6(address) : parseIpv4(address), ipId: 0x1000 };
}

function parseMac(text) {
  return Buffer.from(text.split(':').map((part) => Number.parseInt(part, 16)));
}

function parseIpv4(text) {
  return Buffer.from(text.split('.').map(Number));
}

function parseIpv6(text) {
  const [head, tail] = text.split('::');
  const groups = (part) => (part ? part.split(':') : []);
  const front = groups(head);
  const back = groups(tail);
  const zeros = text.includes('::') ? new Array(8 - front.length - back.length).fill('0') : [];
  const bytes = Buffer.alloc(16);
  [...front, ...zeros, ...back].forEach((group, index) => {
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  });
  return bytes;
}

/** One's complement sum of RFC 1071 over several buffers, each padded to an even length. */
export function internetChecksum(...buffers) {
  let sum = 0;
  for (const buffer of buffers) {
    for (let i = 0; i + 1 < buffer.length; i += 2) sum += (buffer[i] << 8) | buffer[i + 1];
    if (buffer.length % 2 === 1) sum += buffer[buffer.length - 1] << 8;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** Pseudo header of RFC 768 / RFC 9293 (IPv4) or RFC 8200 section 8.1 (IPv6). */
function pseudoHeader(source, destination, protocol, length) {
  if (!source.isIpv6) {
    const tail = Buffer.from([0, protocol, length >> 8, length & 0xff]);
    return Buffer.concat([source.bytes, destination.bytes, tail]);
  }
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(length, 0);
  tail[7] = protocol;
  return Buffer.concat([source.bytes, destination.bytes, tail]);
}

function ethernet(source, destinationMac, etherType, payload) {
  const header = Buffer.alloc(14);
  destinationMac.copy(header, 0);
  source.mac.copy(header, 6);
  header.writeUInt16BE(etherType, 12);
  const frame = Buffer.concat([header, payload]);
  // IEEE 802.3: at least 60 octets without the check sequence.
  return frame.length >= 60 ? frame : Buffer.concat([frame, Buffer.alloc(60 - frame.length)]);
}

function ip(source, destination, protocol, payload, dscp) {
  if (source.isIpv6) {
    const header = Buffer.alloc(40);
    header.writeUInt32BE((6 * 0x10000000 + dscp * 0x400000) >>> 0, 0);
    header.writeUInt16BE(payload.length, 4);
    header[6] = protocol;
    header[7] = 64;
    source.bytes.copy(header, 8);
    destination.bytes.copy(header, 24);
    return ethernet(source, destination.mac, ETHER_TYPE_IPV6, Buffer.concat([header, payload]));
  }
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header[1] = dscp << 2;
  header.writeUInt16BE(20 + payload.length, 2);
  header.writeUInt16BE(source.ipId, 4);
  source.ipId = (source.ipId + 1) & 0xffff;
  header.writeUInt16BE(0x4000, 6);
  header[8] = 64;
  header[9] = protocol;
  source.bytes.copy(header, 12);
  destination.bytes.copy(header, 16);
  header.writeUInt16BE(internetChecksum(header), 10);
  return ethernet(source, destination.mac, ETHER_TYPE_IPV4, Buffer.concat([header, payload]));
}

/** An Ethernet frame with a UDP datagram. */
export function udpFrame(source, sourcePort, destination, destinationPort, payload, dscp = 0) {
  const datagram = Buffer.alloc(8 + payload.length);
  datagram.writeUInt16BE(sourcePort, 0);
  datagram.writeUInt16BE(destinationPort, 2);
  datagram.writeUInt16BE(datagram.length, 4);
  payload.copy(datagram, 8);
  const checksum = internetChecksum(pseudoHeader(source, destination, 17, datagram.length), datagram);
  // RFC 768: a computed zero is sent as all ones, zero means "no checksum".
  datagram.writeUInt16BE(checksum === 0 ? 0xffff : checksum, 6);
  return ip(source, destination, 17, datagram, dscp);
}

/** An Ethernet frame with a TCP segment; a SYN carries the maximum segment size option. */
export function tcpFrame(
  source,
  sourcePort,
  destination,
  destinationPort,
  { sequence, acknowledgment, flags },
  payload,
) {
  const options = flags & TCP_SYN ? Buffer.from([2, 4, 0x05, 0xb4]) : Buffer.alloc(0);
  const header = Buffer.alloc(20);
  header.writeUInt16BE(sourcePort, 0);
  header.writeUInt16BE(destinationPort, 2);
  header.writeUInt32BE(sequence >>> 0, 4);
  header.writeUInt32BE(acknowledgment >>> 0, 8);
  header[12] = ((20 + options.length) / 4) << 4;
  header[13] = flags;
  header.writeUInt16BE(64240, 14);
  const segment = Buffer.concat([header, options, payload]);
  segment.writeUInt16BE(internetChecksum(pseudoHeader(source, destination, 6, segment.length), segment), 16);
  return ip(source, destination, 6, segment, 0);
}

/** RFC 826: who has `target`? Broadcast. */
export function arpRequest(source, target) {
  return arp(source, 1, Buffer.alloc(6, 0xff), Buffer.alloc(6), target.bytes);
}

/** RFC 826: the answer to `asker`. */
export function arpReply(source, asker) {
  return arp(source, 2, asker.mac, asker.mac, asker.bytes);
}

function arp(source, operation, frameDestination, targetMac, targetAddress) {
  const body = Buffer.concat([
    Buffer.from([0, 1, 8, 0, 6, 4, 0, operation]),
    source.mac,
    source.bytes,
    targetMac,
    targetAddress,
  ]);
  return ethernet(source, frameDestination, ETHER_TYPE_ARP, body);
}

/**
 * Both ends of a TCP connection: builds the frames in the order of the calls and keeps the numbers.
 * @param {(data: Buffer) => void} send takes each frame
 */
export function createTcpConnection(client, clientPort, server, serverPort, initialSequences, send) {
  const sides = {
    client: { host: client, port: clientPort, sequence: initialSequences[0] },
    server: { host: server, port: serverPort, sequence: initialSequences[1] },
  };
  const emit = (from, flags, payload = Buffer.alloc(0)) => {
    const me = sides[from];
    const other = sides[from === 'client' ? 'server' : 'client'];
    const acknowledgment = flags & TCP_ACK ? other.sequence : 0;
    send(tcpFrame(me.host, me.port, other.host, other.port, { sequence: me.sequence, acknowledgment, flags }, payload));
    me.sequence = (me.sequence + payload.length + (flags & (TCP_SYN | TCP_FIN) ? 1 : 0)) >>> 0;
  };
  return {
    open() {
      emit('client', TCP_SYN);
      emit('server', TCP_SYN | TCP_ACK);
      emit('client', TCP_ACK);
    },
    data: (from, payload) => emit(from, TCP_PSH | TCP_ACK, payload),
    acknowledge: (from) => emit(from, TCP_ACK),
    close() {
      emit('client', TCP_FIN | TCP_ACK);
      emit('server', TCP_FIN | TCP_ACK);
      emit('client', TCP_ACK);
    },
  };
}
