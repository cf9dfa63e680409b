import type { MessageField, SessionMessageDetail } from '#shared/model/session';
import { type AddressedBytes, readExtents } from '../../bytes/extents';
import { utf8Text } from '../../bytes/text';
import { formatEndpoint } from '../../net/endpoint';
import { maskSecrets, parseRtpInfo, parseTransport } from '../../protocols/rtsp';
import { explainSdpLine } from '../../protocols/sdp';
import { type LoggedMessage, messageId } from './message-log';

const maxRaw = 64 * 1024;
const maxFields = 512;

/** A whole message, read again from the capture; passwords are starred out. */
export function messageDetail(message: LoggedMessage, bytes: AddressedBytes): SessionMessageDetail {
  const raw = readExtents(bytes, message.extents, 0, maxRaw);
  maskSecrets(raw);
  const text = utf8Text(raw);
  const split = /\r?\n\r?\n/.exec(text);
  const head = split ? text.slice(0, split.index) : text;
  const body = split ? text.slice(split.index + split[0].length) : '';
  const [startLine = '', ...lines] = head.split(/\r?\n/);
  const fields = lines
    .filter((line) => line !== '')
    .slice(0, maxFields)
    .map(fieldOf);
  const isSdp = fields.some(
    ({ name, value }) => name.toLowerCase() === 'content-type' && /application\/sdp/i.test(value),
  );
  if (body !== '') fields.push(isSdp ? describedBody(body) : { name: 'Body', value: body, children: [] });
  if (message.isTruncated) fields.push({ name: 'Truncated', value: 'bytes of it are missing', children: [] });
  return {
    id: messageId(message),
    frame: message.frame,
    timeSeconds: message.timeNs / 1e9,
    source: formatEndpoint(message.source),
    destination: formatEndpoint(message.destination),
    title: startLine,
    fields,
    text,
    raw,
  };
}

function fieldOf(line: string): MessageField {
  const colon = line.indexOf(':');
  if (colon < 0) return { name: line, value: '', children: [] };
  const name = line.slice(0, colon).trim();
  const value = line.slice(colon + 1).trim();
  return { name, value, children: partsOf(name.toLowerCase(), value) };
}

function partsOf(name: string, value: string): MessageField[] {
  const field = (part: string, text: string): MessageField => ({ name: part, value: text, children: [] });
  if (name === 'transport') {
    return parseTransport(value).map((spec) => ({
      name: spec.protocol,
      value: spec.isMulticast ? 'multicast' : 'unicast',
      children: [
        ...(['clientPort', 'serverPort', 'port', 'interleaved'] as const)
          .filter((key) => spec[key][0] >= 0)
          .map((key) => field(key, spec[key].join('-'))),
        ...(['destination', 'source'] as const).filter((key) => spec[key] !== '').map((key) => field(key, spec[key])),
        ...(spec.ssrc >= 0 ? [field('ssrc', `0x${spec.ssrc.toString(16).padStart(8, '0')}`)] : []),
        ...(spec.mode === 'record' ? [field('mode', 'record')] : []),
      ],
    }));
  }
  if (name === 'rtp-info') {
    return parseRtpInfo(value).map(({ url, sequence, rtpTime }) => ({
      name: 'stream',
      value: url,
      children: [
        ...(sequence >= 0 ? [field('seq', String(sequence))] : []),
        ...(rtpTime >= 0 ? [field('rtptime', String(rtpTime))] : []),
      ],
    }));
  }
  return [];
}

function describedBody(body: string): MessageField {
  const lines = body.split(/\r\n|\r|\n/).filter((line) => line !== '');
  return {
    name: 'Session description',
    value: `${lines.length} lines`,
    children: lines.slice(0, maxFields).map((line) => ({ name: line, value: explainSdpLine(line), children: [] })),
  };
}
