import type { StreamRow } from '#shared/model/stream';
import type { MediaSamples, SampleTrack } from './media-samples';
import { type MediaStreamFacts, mediaStreamRow } from './media-stream-row';

type Carriage = Pick<MediaStreamFacts, 'transport' | 'src' | 'dst' | 'sessionId' | 'isFromTls'>;

/** Rows of the streams table for tracks that were taken apart whole. */
export function sampleStreamRows({ tracks }: MediaSamples, carriage: Carriage): StreamRow[] {
  return tracks.map((track) => {
    const times = [...track.timeSeconds].sort((a, b) => a - b);
    const start = times[0] ?? 0;
    const step = usualStep(times);
    const durationSeconds = times.length === 0 ? 0 : times[times.length - 1] - start + step;
    return mediaStreamRow({
      ...carriage,
      id: track.streamId,
      kind: track.kind,
      codec: track.codec,
      clockRateHz: track.sampleRateHz,
      packets: track.count,
      firstFrame: track.frame[0] ?? 0,
      startSeconds: start,
      durationSeconds,
      video: track.kind === 'video' ? videoFacts(track, step) : null,
      audio: track.kind === 'audio' ? audioFacts(track, durationSeconds) : null,
    });
  });
}

function videoFacts({ count, height, isDamaged, isKey, width }: SampleTrack, step: number): StreamRow['video'] {
  return {
    width,
    height,
    frames: count,
    keyFrames: sum(isKey),
    damagedFrames: sum(isDamaged),
    frameRate: step > 0 ? Math.round(1000 / step) / 1000 : null,
  };
}

function audioFacts({ channels, sampleRateHz }: SampleTrack, seconds: number): StreamRow['audio'] {
  return sampleRateHz === null ? null : { sampleRateHz, channels: channels ?? 1, seconds };
}

const sum = (flags: Uint8Array): number => flags.reduce((total, flag) => total + flag, 0);

/** The median of the steps between samples, seconds. */
function usualStep(times: readonly number[]): number {
  const steps = times.slice(1).map((time, i) => time - times[i]);
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? 0;
}
