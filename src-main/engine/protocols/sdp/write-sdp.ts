import type { StreamKind } from '#shared/model/stream';
import type { PayloadBinding } from '../rtp/index';
import { staticPayloadTypes } from '../rtp/index';

/** One stream as a session description tells it. */
export interface DescribedStream {
  readonly kind: StreamKind;
  /** Name of the session, one line. */
  readonly title: string;
  /** A sentence about where it comes from (`i=`). */
  readonly information: string;
  /** Where it is to be received. */
  readonly address: string;
  readonly port: number;
  readonly isEncrypted: boolean;
  /** Payload types that occur, the most frequent first. */
  readonly payloadTypes: readonly number[];
  /** What they mean, as far as that is known. */
  readonly bindings: readonly PayloadBinding[];
}

/** A session description (RFC 8866) by which a player receives the stream. */
export function writeSdp(stream: DescribedStream): string {
  const { kind, title, information, address, port, isEncrypted, payloadTypes, bindings } = stream;
  const family = address.includes(':') ? 'IP6' : 'IP4';
  const media = kind === 'video' ? 'video' : kind === 'data' ? 'application' : 'audio';
  const lines = [
    'v=0',
    `o=- 0 0 IN ${family} ${address}`,
    `s=${oneLine(title)}`,
    `i=${oneLine(information)}`,
    `c=IN ${family} ${address}`,
    't=0 0',
    `m=${media} ${port} ${isEncrypted ? 'RTP/SAVP' : 'RTP/AVP'} ${payloadTypes.join(' ')}`,
  ];
  for (const payloadType of payloadTypes) lines.push(...attributes(payloadType, bindings));
  lines.push('a=recvonly', '');
  return lines.join('\r\n');
}

function attributes(payloadType: number, bindings: readonly PayloadBinding[]): string[] {
  const known = bindings.find((binding) => binding.payloadType === payloadType);
  const assigned = staticPayloadTypes.get(payloadType);
  const meaning = known ?? (assigned && { ...assigned, fmtp: '' });
  if (!meaning) return [];
  const { encodingName, clockRateHz, channels, fmtp } = meaning;
  // RFC 8866, section 6.6: the number of channels is that of audio, one may be left out.
  const suffix = channels > 1 ? `/${channels}` : '';
  const map = `a=rtpmap:${payloadType} ${oneLine(encodingName)}/${clockRateHz}${suffix}`;
  return fmtp === '' ? [map] : [map, `a=fmtp:${payloadType} ${oneLine(fmtp)}`];
}

/** Names may come from a capture: nothing in them begins another line. */
const oneLine = (text: string): string => text.replace(/[\r\n\0]+/g, ' ').trim() || '-';
