import { Extents } from '../../bytes/extents';
import {
  flvFileHeaderBytes,
  flvTagHeaderBytes,
  flvTrailerBytes,
  writeFlvHeader,
  writeFlvTagHeader,
  writeFlvTrailer,
} from '../../containers/flv';
import { FlvTagType } from '../../containers/flv-tag';
import { isDataType, RtmpType } from '../../protocols/rtmp';
import type { CaptureBytes } from '../../store/capture-bytes';
import { missingBytes } from '../../bytes/extents';
import { type MessageLog, noMessage } from './message-log';

/** `@setDataFrame` as an AMF0 string: what a publisher puts before metadata, and servers take off. */
const dataFrame = Uint8Array.of(2, 0, 13, ...Array.from('@setDataFrame', (c) => c.charCodeAt(0)));

/**
 * The messages of a session as an FLV file: headers and sizes of tags are made, payloads are those that were sent, byte
 * for byte. Null when there is no room for the headers.
 */
export function flvOfSession(log: MessageLog, indexes: Uint32Array, bytes: CaptureBytes): Extents | null {
  const wrapper = flvTagHeaderBytes + flvTrailerBytes;
  const made = new Uint8Array(flvFileHeaderBytes + indexes.length * wrapper);
  const file = new Extents(1024);
  let hasAudio = false;
  let hasVideo = false;
  for (const index of indexes) {
    const type = log.typeOf(index);
    hasAudio ||= type === RtmpType.audio;
    hasVideo ||= type === RtmpType.video;
  }
  writeFlvHeader(made, 0, hasAudio, hasVideo);
  const payloads = Array.from(indexes, (index) => payloadOf(log, index, bytes));
  let at = flvFileHeaderBytes;
  payloads.forEach(({ length, timestampMs, type }) => {
    writeFlvTagHeader(made, at, type, length, timestampMs);
    writeFlvTrailer(made, at + flvTagHeaderBytes, length);
    at += wrapper;
  });
  const address = bytes.keep(made, 0, made.length);
  if (address === missingBytes) return null;
  file.push(address, flvFileHeaderBytes);
  payloads.forEach(({ extents, from, length }, i) => {
    const header = address + flvFileHeaderBytes + i * wrapper;
    file.push(header, flvTagHeaderBytes);
    file.pushFrom(extents, from, length);
    file.push(header + flvTagHeaderBytes, flvTrailerBytes);
  });
  return file.trimmed();
}

interface TagPayload {
  readonly type: number;
  readonly timestampMs: number;
  readonly extents: Extents;
  readonly from: number;
  readonly length: number;
}

function payloadOf(log: MessageLog, index: number, bytes: CaptureBytes): TagPayload {
  const { type, timestampMs } = log.get(index);
  const extents = log.extents(index);
  if (!isDataType(type)) return { type, timestampMs, extents, from: 0, length: extents.total };
  const from = dataStart(type, extents, bytes);
  return { type: FlvTagType.script, timestampMs, extents, from, length: extents.total - from };
}

/** Where the values begin that belong into a file: behind the format byte of AMF3, and what is meant for a server. */
function dataStart(type: number, extents: Extents, bytes: CaptureBytes): number {
  const head = new Uint8Array(1 + dataFrame.length);
  const first = extents.count > 0 && extents.address[0] !== missingBytes ? Math.min(extents.length[0], head.length) : 0;
  bytes.read(extents.address[0] ?? 0, head.subarray(0, first));
  const format = type === RtmpType.dataAmf3 && head[0] === 0 ? 1 : 0;
  const isFrame = first >= format + dataFrame.length && dataFrame.every((byte, i) => head[format + i] === byte);
  return format + (isFrame ? dataFrame.length : 0);
}

export const isTag = (log: MessageLog, index: number): boolean => {
  const type = log.typeOf(index);
  return index !== noMessage && (type === RtmpType.audio || type === RtmpType.video || isDataType(type));
};
