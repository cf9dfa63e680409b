import { Registry } from '#shared/base/registry';
import { cn } from './cn';
import type { CodecDefinition } from './definition';
import { h264 } from './h264';
import { h265 } from './h265';
import { l16 } from './l16';
import { pcma } from './pcma';
import { pcmu } from './pcmu';
import { telephoneEvent } from './telephone-event';

export type {
  AccessUnit,
  AudioCoding,
  CodecDefinition,
  CodecParameters,
  CodecRole,
  Depacketizer,
  MediaPacket,
  PcmDecoder,
  SequenceGap,
  VideoDescription,
  VideoInspector,
} from './definition';

/** Every payload format that Tapdeck knows how to open: one line each. */
export const codecs = new Registry<CodecDefinition>('codec', [pcmu, pcma, l16, cn, telephoneEvent, h264, h265]);

/** Format of that encoding name, whatever its case; undefined when it is not known. */
export function findCodec(encodingName: string): CodecDefinition | undefined {
  return codecs.get(encodingName.toLowerCase());
}
