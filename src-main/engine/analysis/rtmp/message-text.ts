import type { MessageField } from '#shared/model/session';
import { FlvMediaHeader, readAudioHeader, readVideoHeader } from '../../containers/flv-tag';
import {
  amfMember,
  amfString,
  amfText,
  type AmfValue,
  type AmfValues,
  controlFields,
  isCommandType,
  isDataType,
  isMediaType,
  messageTypeName,
  readAmf0,
  RtmpType,
  sharedObjectFields,
} from '../../protocols/rtmp';
import { handshakeRow, type LoggedMessage } from './message-log';

const maxLabel = 200;
const maxSummary = 400;
/** Fields of a message that are shown. */
const maxFields = 5000;

/** Values of a command or data message; those for AMF3 have a format byte before them. */
export function messageValues(type: number, head: Uint8Array, headLength: number): AmfValues {
  const isAmf3 = type === RtmpType.commandAmf3 || type === RtmpType.dataAmf3;
  const start = isAmf3 && head[0] === 0 ? 1 : 0;
  return readAmf0(head, start, headLength);
}

/** `connect('live')`, `_result('NetConnection.Connect.Success')`, `onMetaData()`: as Wireshark writes them. */
export function commandLabel(values: readonly AmfValue[], type: number): string {
  const name = amfString(values[0]);
  if (name === null) return messageTypeName(type);
  const argument = amfString(values[3]);
  const app = amfString(amfMember(values[2], 'app'));
  const code = amfString(amfMember(values[3], 'code'));
  const own = name === '@setDataFrame' ? amfString(values[1]) : null;
  const shown = name === 'connect' ? app : (own ?? code ?? argument);
  return cut(shown === null ? `${name}()` : `${name}('${shown}')`, maxLabel);
}

const shownOfConnect = ['tcUrl', 'flashVer', 'swfUrl', 'pageUrl'];
const shownOfInfo = ['level', 'description'];

/** What a command says beside its name, in one line. */
export function commandSummary(values: readonly AmfValue[]): string {
  const [, , command, info] = values;
  const name = amfString(values[0]) ?? '';
  if (name === 'connect') return members(command, shownOfConnect);
  const own = name === '@setDataFrame' ? values[2] : values[1];
  if (own?.type === 'object') return cut(flat(own), maxSummary);
  if (info?.type === 'object') return members(info, shownOfInfo);
  const rest = values.slice(3).map(amfText);
  return cut(rest.join(', '), maxSummary);
}

function members(value: AmfValue | undefined, names: readonly string[]): string {
  const shown = names.flatMap((name) => {
    const text = amfString(amfMember(value, name));
    return text ? [`${name} ${text}`] : [];
  });
  return cut(shown.join(', '), maxSummary);
}

function flat(value: AmfValue): string {
  if (value.type !== 'object') return amfText(value);
  return value.members
    .slice(0, 40)
    .map((member) => `${member.name} ${amfText(member.value)}`)
    .join(', ');
}

const names: Readonly<Record<string, string>> = { MPA: 'MP3', FLV1: 'Sorenson H.263', H264: 'H.264', H265: 'H.265' };
export const codecName = (codec: string): string => names[codec] ?? codec;

/** What the first bytes of audio or video say: `H.264 key, 25 173 ms`. */
export function mediaSummary({ type, timestampMs }: LoggedMessage, head: Uint8Array): string {
  const time = `${timestampMs} ms`;
  const header = readMedia(type, head);
  if (!header) return head.length === 0 ? 'empty' : time;
  const parts = [codecName(header.codec)];
  if (header.isMultitrack) parts.push('several tracks');
  if (header.trackId > 0) parts.push(`track ${header.trackId}`);
  if (header.packet === 'config') parts.push('parameters');
  else if (header.packet !== 'frame') parts.push(header.packet === 'end' ? 'end of sequence' : 'no picture or sound');
  else if (type === RtmpType.video && header.isKey) parts.push('key');
  const composition = header.compositionMs === 0 ? '' : `, shown ${header.compositionMs} ms later`;
  return `${parts.join(' ')}, ${time}${composition}`;
}

function readMedia(type: number, head: Uint8Array): FlvMediaHeader | null {
  const header = new FlvMediaHeader();
  const read = type === RtmpType.video ? readVideoHeader : readAudioHeader;
  return read(head, 0, head.length, header) ? header : null;
}

/** A message as nested fields, named as the specification names them. */
export function messageFields(message: LoggedMessage, payload: Uint8Array): MessageField[] {
  const { type } = message;
  if (type === handshakeRow) return [];
  const header: MessageField[] = [
    leaf('Chunk Stream ID', String(message.chunkStreamId)),
    leaf('Timestamp', String(message.timestampMs)),
    leaf('Body size', String(message.length)),
    leaf('Type ID', `${messageTypeName(type)} (${type})`),
    leaf('Stream ID', message.messageStreamId < 0 ? 'not captured' : String(message.messageStreamId)),
  ];
  if (message.missing > 0) header.push(leaf('Missing bytes', String(message.missing)));
  return [
    { name: 'RTMP Header', value: '', children: header },
    { name: 'RTMP Body', value: '', children: bodyFields(type, payload, message.length) },
  ];
}

function bodyFields(type: number, payload: Uint8Array, length: number): MessageField[] {
  if (isCommandType(type) || isDataType(type)) {
    const { values, fault } = messageValues(type, payload, payload.length);
    const budget = { left: maxFields };
    const fields = values.map((value, i) => amfField(i === 0 ? 'Name' : typeName(value), value, budget));
    if (fault !== null) fields.push(leaf('Not read to its end', fault));
    return fields;
  }
  if (type === RtmpType.sharedObjectAmf0 || type === RtmpType.sharedObjectAmf3) {
    return sharedObjectFields(type, payload).map(({ name, value }) => leaf(name, value));
  }
  if (!isMediaType(type)) return controlFields(type, payload, length).map(({ name, value }) => leaf(name, value));
  const header = readMedia(type, payload);
  if (!header) return [];
  const isVideo = type === RtmpType.video;
  const fields = [leaf('Codec', codecName(header.codec)), leaf('Packet', header.packet)];
  if (isVideo)
    fields.push(leaf('Key picture', String(header.isKey)), leaf('Composition time', `${header.compositionMs} ms`));
  if (!isVideo && header.sampleRateHz > 0) {
    fields.push(leaf('Sample rate', `${header.sampleRateHz} Hz`), leaf('Channels', String(header.channels)));
  }
  if (header.trackId > 0) fields.push(leaf('Track', String(header.trackId)));
  return fields;
}

function amfField(name: string, value: AmfValue, budget: { left: number }): MessageField {
  budget.left -= 1;
  const children: MessageField[] = [];
  if (value.type === 'object') {
    for (const member of value.members) {
      if (budget.left <= 0) break;
      children.push(amfField(member.name, member.value, budget));
    }
  } else if (value.type === 'array') {
    for (const [i, item] of value.items.entries()) {
      if (budget.left <= 0) break;
      children.push(amfField(String(i), item, budget));
    }
  }
  return { name, value: value.type === 'string' ? value.value : amfText(value), children };
}

const typeName = ({ type }: AmfValue): string => type.charAt(0).toUpperCase() + type.slice(1);

const leaf = (name: string, value: string): MessageField => ({ name, value, children: [] });

/** In one line, without characters that mean something to whoever shows it. */
function cut(text: string, length: number): string {
  const plain = text.slice(0, 2 * length).replace(/\p{Cc}/gu, '');
  return plain.length > length ? `${plain.slice(0, length - 1)}…` : plain;
}
