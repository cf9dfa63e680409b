import { Registry } from '#shared/base/registry';
import { ac3 } from './ac3';
import { amr } from './amr';
import { amrWb } from './amr-wb';
import { dvi4 } from './dvi4';
import { eac3 } from './eac3';
import { g722 } from './g722';
import { g723 } from './g723';
import { g726Formats } from './g726';
import { g729 } from './g729';
import { gsm } from './gsm';
import { ilbc } from './ilbc';
import { l20 } from './l20';
import { l24 } from './l24';
import { l8 } from './l8';
import { mp4aLatm } from './mp4a-latm';
import { mpa } from './mpa';
import { mpeg4Generic } from './mpeg4-generic';
import { namedOnly } from './named-only';
import { opus } from './opus';
import { red } from './red';
import { speex } from './speex';
import { av1 } from './av1';
import { cn } from './cn';
import type { CodecDefinition } from './definition';
import { h261 } from './h261';
import { h263 } from './h263';
import { h2631998 } from './h263-1998';
import { h2632000 } from './h263-2000';
import { h264 } from './h264';
import { h265 } from './h265';
import { jpeg } from './jpeg';
import { l16 } from './l16';
import { mp2p, mp2t, ps } from './mp2t';
import { mp4vEs } from './mp4v-es';
import { mpv } from './mpv';
import { pcma } from './pcma';
import { pcmu } from './pcmu';
import { telephoneEvent } from './telephone-event';
import { vp8 } from './vp8';
import { vp9 } from './vp9';

export { type AacConfig, parseAacConfig, plainAacConfig } from './audio/aac-config';
export { latmConfig } from './mp4a-latm';
export { ac3Header } from './audio/ac3-header';
export { mpegAudioHeader } from './audio/mpeg-audio-header';
export { primaryBlock } from './red';
export type {
  AccessUnit,
  AudioCoding,
  CodecDefinition,
  CodecParameters,
  CodecRole,
  CodedSpan,
  Depacketizer,
  MediaPacket,
  PcmDecoder,
  SequenceGap,
  VideoDescription,
  VideoInspector,
} from './definition';

/** Every payload format that Tapdeck knows how to open: one line each. */
export const codecs = new Registry<CodecDefinition>('codec', [
  pcmu,
  pcma,
  l8,
  l16,
  l20,
  l24,
  dvi4,
  g722,
  ...g726Formats,
  g723,
  g729,
  gsm,
  ilbc,
  speex,
  amr,
  amrWb,
  opus,
  mpeg4Generic,
  mp4aLatm,
  mpa,
  ac3,
  eac3,
  ...namedOnly,
  red,
  cn,
  telephoneEvent,
  h264,
  h265,
  vp8,
  vp9,
  av1,
  jpeg,
  h261,
  h263,
  h2631998,
  h2632000,
  mp4vEs,
  mpv,
  mp2t,
  mp2p,
  ps,
]);

/** Format of that encoding name, whatever its case; undefined when it is not known. */
export function findCodec(encodingName: string): CodecDefinition | undefined {
  return codecs.get(encodingName.toLowerCase());
}
