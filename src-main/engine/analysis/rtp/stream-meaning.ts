import type { DecodeAsRule } from '#shared/model/decode-as';
import type { DiagnosticSink } from '#shared/model/diagnostic';
import { findCodec } from '../../codecs';
import { type MediaAnnouncement, type PayloadBinding, staticPayloadTypes } from '../../protocols/rtp';
import type { PayloadInference } from './payload-inference';
import type { RtpStream } from './rtp-stream';

/** RFC 3551, section 3: static payload types keep their meaning; a description that says otherwise is obeyed. */
export function reportRedefinitions(announcement: MediaAnnouncement, sink: DiagnosticSink): void {
  for (const { payloadType, encodingName, clockRateHz } of announcement.payloads) {
    const known = staticPayloadTypes.get(payloadType);
    if (!known) continue;
    const isSame = known.encodingName.toUpperCase() === encodingName.toUpperCase() && known.clockRateHz === clockRateHz;
    if (isSame) continue;
    sink.report(
      'note',
      'rtp-static-type-redefined',
      announcement.frame,
      `Payload type ${payloadType} is ${known.encodingName}/${known.clockRateHz} by RFC 3551, but ` +
        `${encodingName}/${clockRateHz} was signalled: the signalling is followed.`,
    );
  }
}

/** The packets of a stream are beyond doubt another format than was said. */
export function reportContradiction(
  stream: RtpStream,
  said: PayloadBinding,
  { binding }: PayloadInference,
  sink: DiagnosticSink,
): void {
  const isObeyed = said.basis !== 'static';
  sink.report(
    'warning',
    'rtp-codec-contradiction',
    stream.firstFrame,
    `Payload type ${said.payloadType} means ${said.encodingName} ${isObeyed ? 'as signalled' : 'by RFC 3551'}, but its ` +
      `packets are ${binding?.encodingName}: ${isObeyed ? 'the signalling' : 'what they are'} is followed.`,
  );
}

/** Restarts and strays of a stream that is over. */
export function reportStream({ statistics, firstFrame, context, ssrc }: RtpStream, sink: DiagnosticSink): void {
  const { sequence } = statistics;
  const name = `SSRC 0x${ssrc.toString(16).padStart(8, '0')} from ${context.source.address}`;
  if (sequence.segment > 0) {
    sink.report(
      'note',
      'rtp-restart',
      firstFrame,
      `An RTP stream restarted with other sequence numbers: ${name}, ${sequence.segment} times.`,
    );
  }
  if (sequence.strays > 0) {
    sink.report(
      'note',
      'rtp-stray-packets',
      firstFrame,
      `RTP packets whose sequence numbers belong to no part of their stream: ${name}, ${sequence.strays}.`,
    );
  }
}

/** What the user named, with the parameters that the packets themselves tell of the same format. */
export function userBinding(
  { encodingName, clockRateHz, channels }: NonNullable<DecodeAsRule['format']>,
  stream: RtpStream,
  payloadType: number,
): PayloadBinding {
  const codec = findCodec(encodingName);
  const found = stream.inferences.get(payloadType)?.binding;
  const same = found?.encodingName.toUpperCase() === encodingName.toUpperCase() ? found : null;
  return {
    payloadType,
    encodingName: codec?.encodingName ?? encodingName,
    clockRateHz: clockRateHz ?? same?.clockRateHz ?? codec?.clockRateHz ?? 8000,
    channels: channels ?? same?.channels ?? 1,
    fmtp: same?.fmtp ?? '',
    basis: 'user',
  };
}
