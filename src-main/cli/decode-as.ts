import type { DecodeAsRule } from '#shared/model/decode-as';
import { usageFailure } from './failure';

const pattern = /^udp\.port==(\d{1,5}),rtp(?:\/([A-Za-z0-9][A-Za-z0-9-]*)(?:\/(\d{1,6})(?:\/(\d{1,2}))?)?)?$/;

/** Understands `udp.port==6970,rtp` and `udp.port==6970,rtp/H264/90000`; throws a usage failure for anything else. */
export function parseDecodeAs(text: string): DecodeAsRule {
  const match = pattern.exec(text);
  const port = Number(match?.[1] ?? 0);
  if (!match || port < 1 || port > 65_535 || match[3] === '0' || match[4] === '0') {
    throw usageFailure(
      `--decode-as does not understand '${text}'.`,
      'Write udp.port==6970,rtp or udp.port==6970,rtp/H264/90000.',
    );
  }
  const [, , encodingName, rate, channels] = match;
  if (!encodingName) return { port, format: null };
  return {
    port,
    format: {
      encodingName,
      clockRateHz: rate ? Number(rate) : null,
      channels: channels ? Number(channels) : null,
    },
  };
}
