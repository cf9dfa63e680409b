import { FrameDepacketizer, framesOfSize } from './audio/frame-depacketizer';
import type { CodecDefinition } from './definition';
import { formatParameters } from './picture/format-parameters';

interface Mode {
  readonly bytes: number;
  readonly samples: number;
}

/** RFC 3952, section 3: frames of 20 or of 30 ms. */
const mode20: Mode = { bytes: 38, samples: 160 };
const mode30: Mode = { bytes: 50, samples: 240 };

/** What was signalled, unless only the other frame size divides the payload: then that was sent. */
function modeOf(payloadBytes: number, signalled: Mode): Mode {
  const other = signalled === mode20 ? mode30 : mode20;
  return payloadBytes % signalled.bytes !== 0 && payloadBytes % other.bytes === 0 ? other : signalled;
}

/** iLBC (RFC 3952). Without `mode` frames last 30 ms (section 5). */
export const ilbc: CodecDefinition = {
  id: 'ilbc',
  encodingName: 'iLBC',
  media: 'audio',
  role: 'media',
  clockRateHz: 8000,
  staticTypes: [],
  elementaryFormat: 'lbc',
  createDepacketizer: ({ fmtp }) => {
    const signalled = formatParameters(fmtp).get('mode') === '20' ? mode20 : mode30;
    return new FrameDepacketizer((payload) => {
      const { bytes, samples } = modeOf(payload.length, signalled);
      return framesOfSize(payload, bytes, samples);
    });
  },
  createCoding: () => ({
    sampleRateHz: 8000,
    channels: 1,
    measure: ({ units: [frame] }) => ({
      samples: (frame.length === mode20.bytes ? mode20 : mode30).samples,
      sampleRateHz: 8000,
    }),
  }),
};
