import { ByteReader } from '../../bytes/byte-reader';
import { u16be, u32be } from '../../bytes/integers';
import { RtmpType } from './message';

const typeNames: Readonly<Record<number, string>> = {
  [RtmpType.setChunkSize]: 'Set Chunk Size',
  [RtmpType.abort]: 'Abort Message',
  [RtmpType.acknowledgement]: 'Acknowledgement',
  [RtmpType.userControl]: 'User Control Message',
  [RtmpType.windowAckSize]: 'Window Acknowledgement Size',
  [RtmpType.setPeerBandwidth]: 'Set Peer Bandwidth',
  [RtmpType.audio]: 'Audio Data',
  [RtmpType.video]: 'Video Data',
  [RtmpType.dataAmf3]: 'AMF3 Data',
  [RtmpType.sharedObjectAmf3]: 'AMF3 Shared Object',
  [RtmpType.commandAmf3]: 'AMF3 Command',
  [RtmpType.dataAmf0]: 'AMF0 Data',
  [RtmpType.sharedObjectAmf0]: 'AMF0 Shared Object',
  [RtmpType.commandAmf0]: 'AMF0 Command',
  [RtmpType.aggregate]: 'Aggregate',
};

/** Names as the specification has them. */
export function messageTypeName(type: number): string {
  return typeNames[type] ?? `Message type ${type}`;
}

/** Events of User Control messages (section 7.1.7); those from 26 on are of Flash Media Server. */
const eventNames: Readonly<Record<number, string>> = {
  0: 'Stream Begin',
  1: 'Stream EOF',
  2: 'Stream Dry',
  3: 'Set Buffer Length',
  4: 'Stream Is Recorded',
  6: 'Ping Request',
  7: 'Ping Response',
  26: 'SWF Verification Request',
  27: 'SWF Verification Response',
  31: 'Buffer Empty',
  32: 'Buffer Ready',
};

const limitTypes = ['Hard', 'Soft', 'Dynamic'];

/** What a protocol control or user control message says, in order; empty for other types and for payloads cut short. */
export function controlFields(type: number, head: Uint8Array, length: number): { name: string; value: string }[] {
  if (length < 4 || head.length < length) return [];
  const value = u32be(head, 0);
  switch (type) {
    case RtmpType.setChunkSize:
      return [{ name: 'Chunk size', value: String(value) }];
    case RtmpType.abort:
      return [{ name: 'Chunk stream', value: String(value) }];
    case RtmpType.acknowledgement:
      return [{ name: 'Sequence number', value: String(value) }];
    case RtmpType.windowAckSize:
      return [{ name: 'Acknowledgement window size', value: String(value) }];
    case RtmpType.setPeerBandwidth:
      if (length < 5) return [];
      return [
        { name: 'Acknowledgement window size', value: String(value) },
        { name: 'Limit type', value: limitTypes[head[4]] ?? String(head[4]) },
      ];
    case RtmpType.userControl:
      return eventFields(head, length);
    default:
      return [];
  }
}

function eventFields(head: Uint8Array, length: number): { name: string; value: string }[] {
  const event = u16be(head, 0);
  const fields = [{ name: 'Event type', value: eventNames[event] ?? `Event ${event}` }];
  if (length < 6) return fields;
  const isPing = event === 6 || event === 7;
  fields.push({ name: isPing ? 'Timestamp' : 'Stream', value: String(u32be(head, 2)) });
  if (event === 3 && length >= 10) fields.push({ name: 'Buffer length', value: `${u32be(head, 6)} ms` });
  return fields;
}

/** One line for a control message: `Set Peer Bandwidth 2500000,Dynamic`, `Stream Begin 1`; as Wireshark writes it. */
export function controlLabel(type: number, head: Uint8Array, length: number): string {
  const [first, ...rest] = controlFields(type, head, length);
  if (!first) return messageTypeName(type);
  const values = [first, ...rest].map(({ value }) => value.replace(' ms', 'ms'));
  return type === RtmpType.userControl
    ? `${values[0]} ${values.slice(1).join(',')}`.trim()
    : `${messageTypeName(type)} ${values.join(',')}`;
}

/** Events of shared objects (section 7.1.3). */
const objectEvents: Readonly<Record<number, string>> = {
  1: 'Use',
  2: 'Release',
  3: 'Request Change',
  4: 'Change',
  5: 'Success',
  6: 'Send Message',
  7: 'Status',
  8: 'Clear',
  9: 'Remove',
  10: 'Request Remove',
  11: 'Use Success',
};

/** Events that are listed; a message has a handful. */
const maxEvents = 1000;

/** Name, version and events of a shared object message; behind an AMF3 one a format byte comes first. */
export function sharedObjectFields(type: number, payload: Uint8Array): { name: string; value: string }[] {
  const reader = new ByteReader(payload, type === RtmpType.sharedObjectAmf3 ? 1 : 0);
  const fields = [
    { name: 'Name', value: reader.utf8(reader.u16be()) },
    { name: 'Version', value: String(reader.u32be()) },
    { name: 'Persistent', value: String((reader.u32be() & 2) !== 0) },
  ];
  reader.skip(4);
  for (let i = 0; i < maxEvents && reader.remaining > 0; i += 1) {
    const event = reader.u8();
    const length = reader.u32be();
    reader.skip(length);
    if (reader.isTruncated) break;
    fields.push({ name: objectEvents[event] ?? `Event ${event}`, value: `${length} bytes` });
  }
  return fields;
}
