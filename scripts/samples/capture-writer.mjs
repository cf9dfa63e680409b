/**
 * Capture file formats, each as {header(), record(frame), trailer()}: chunks to be concatenated or streamed.
 * A frame is {relNs: number, data: Buffer, comment?: string}, `relNs` counted from the capture's start.
 */

const NS_PER_SECOND = 1_000_000_000;
export const LINK_TYPE_ETHERNET = 1;

/** Splits a capture time into whole seconds of the epoch and the nanoseconds after them. */
function epochTime(startSeconds, relNs) {
  return { seconds: startSeconds + Math.floor(relNs / NS_PER_SECOND), nanoseconds: Math.floor(relNs % NS_PER_SECOND) };
}

/** Classic pcap, microseconds or nanoseconds, little or big endian. */
export function pcapFormat({ startSeconds, nanoseconds = false, bigEndian = false, snaplen = 262144 }) {
  const put32 = (buffer, value, offset) =>
    bigEndian ? buffer.writeUInt32BE(value, offset) : buffer.writeUInt32LE(value, offset);
  const put16 = (buffer, value, offset) =>
    bigEndian ? buffer.writeUInt16BE(value, offset) : buffer.writeUInt16LE(value, offset);
  return {
    header() {
      const header = Buffer.alloc(24);
      put32(header, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 0);
      put16(header, 2, 4);
      put16(header, 4, 6);
      put32(header, snaplen, 16);
      put32(header, LINK_TYPE_ETHERNET, 20);
      return header;
    },
    record({ relNs, data }) {
      const time = epochTime(startSeconds, relNs);
      const header = Buffer.alloc(16);
      put32(header, time.seconds, 0);
      put32(header, nanoseconds ? time.nanoseconds : Math.floor(time.nanoseconds / 1000), 4);
      put32(header, data.length, 8);
      put32(header, data.length, 12);
      return Buffer.concat([header, data]);
    },
    trailer: () => Buffer.alloc(0),
  };
}

/** pcapng, little endian, one section, one Ethernet interface with nanosecond times. */
export function pcapngFormat({ startSeconds, interfaceName = 'eth0', application = 'Tapdeck samples', names = [] }) {
  let packets = 0;
  let lastNs = 0;
  return {
    header() {
      const section = Buffer.alloc(16);
      section.writeUInt32LE(0x1a2b3c4d, 0);
      section.writeUInt16LE(1, 4);
      // Section length unknown: -1.
      section.fill(0xff, 8, 16);
      const interfaceDescription = Buffer.alloc(8);
      interfaceDescription.writeUInt16LE(LINK_TYPE_ETHERNET, 0);
      interfaceDescription.writeUInt32LE(262144, 4);
      const chunks = [
        block(0x0a0d0d0a, section, [textOption(4, application)]),
        // if_tsresol 9: 10^-9 seconds.
        block(1, interfaceDescription, [textOption(2, interfaceName), { code: 9, value: Buffer.from([9]) }]),
      ];
      if (names.length > 0) chunks.push(block(4, nameRecords(names), []));
      return Buffer.concat(chunks);
    },
    record({ relNs, data, comment }) {
      packets += 1;
      lastNs = relNs;
      const head = Buffer.alloc(20);
      putTime(head, 4, startSeconds, relNs);
      head.writeUInt32LE(data.length, 12);
      head.writeUInt32LE(data.length, 16);
      return block(6, Buffer.concat([head, padded(data)]), comment ? [textOption(1, comment)] : []);
    },
    trailer() {
      const statistics = Buffer.alloc(12);
      putTime(statistics, 4, startSeconds, lastNs);
      // isb_ifrecv: packets received on the interface.
      const received = Buffer.alloc(8);
      received.writeBigUInt64LE(BigInt(packets), 0);
      return block(5, statistics, [{ code: 4, value: received }]);
    },
  };
}

function putTime(buffer, offset, startSeconds, relNs) {
  const ticks = BigInt(startSeconds) * BigInt(NS_PER_SECOND) + BigInt(Math.floor(relNs));
  buffer.writeUInt32LE(Number(ticks >> 32n), offset);
  buffer.writeUInt32LE(Number(ticks & 0xffffffffn), offset + 4);
}

function padded(buffer) {
  const rest = buffer.length % 4;
  return rest === 0 ? buffer : Buffer.concat([buffer, Buffer.alloc(4 - rest)]);
}

function textOption(code, text) {
  return { code, value: Buffer.from(text, 'utf8') };
}

function block(type, body, options) {
  const parts = [];
  for (const { code, value } of options) {
    const head = Buffer.alloc(4);
    head.writeUInt16LE(code, 0);
    head.writeUInt16LE(value.length, 2);
    parts.push(head, padded(value));
  }
  if (options.length > 0) parts.push(Buffer.alloc(4));
  const content = Buffer.concat([body, ...parts]);
  const length = 12 + content.length;
  const head = Buffer.alloc(8);
  head.writeUInt32LE(type, 0);
  head.writeUInt32LE(length, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt32LE(length, 0);
  return Buffer.concat([head, content, tail]);
}

/** Name resolution records (type 1: IPv4), ended by a record of type 0. */
function nameRecords(names) {
  const parts = names.map(({ host, name }) => {
    const value = Buffer.concat([host.bytes, Buffer.from(`${name}\0`, 'utf8')]);
    const head = Buffer.alloc(4);
    head.writeUInt16LE(1, 0);
    head.writeUInt16LE(value.length, 2);
    return Buffer.concat([head, padded(value)]);
  });
  return Buffer.concat([...parts, Buffer.alloc(4)]);
}

/** Sorts by time (equal times keep their order) and puts the whole file together. */
export function buildCapture(format, frames) {
  const ordered = [...frames].sort((a, b) => a.relNs - b.relNs);
  return Buffer.concat([format.header(), ...ordered.map((frame) => format.record(frame)), format.trailer()]);
}
