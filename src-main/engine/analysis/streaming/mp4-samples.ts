import { ExtentReader } from '../../bytes/extent-reader';
import { Extents } from '../../bytes/extents';
import { type Mp4TrackInfo, visitMp4 } from '../../containers/mp4';
import type { CaptureBytes } from '../../store/capture-bytes';
import { SampleTrackBuilder } from '../sessions/sample-track-builder';

/** A stretch of an MP4 with its own initialization: the segments of one variant between two changes. */
export interface Mp4Part {
  readonly init: Extents | null;
  readonly segments: readonly { readonly media: Extents; readonly frame: number }[];
  /** Added to the times of the media, seconds. */
  readonly shiftSeconds: number;
}

/** Samples of `parts`, one track a kind: what the parts have of it one after the other. Times are those of the media. */
export function mp4Tracks(parts: readonly Mp4Part[], bytes: CaptureBytes, streamId: (kind: string) => string) {
  const tracks = new Map<string, SampleTrackBuilder>();
  for (const { init, segments, shiftSeconds } of parts) {
    const file = new Extents();
    if (init) file.pushFrom(init);
    /** Where each segment begins in the file, to tell the frame of a sample. */
    const starts: number[] = [];
    for (const { media } of segments) {
      starts.push(file.total);
      file.pushFrom(media);
    }
    const reader = new ExtentReader(bytes, file);
    const own = new Map<Mp4TrackInfo, SampleTrackBuilder>();
    let segment = 0;
    visitMp4(reader, {
      onTrack: (info) => own.set(info, trackOf(tracks, info, streamId)),
      onSample: (info, decodeTicks, compositionTicks, isKey, offset, size) => {
        const track = own.get(info);
        if (!track || info.isEncrypted) return;
        while (segment + 1 < starts.length && offset >= starts[segment + 1]) segment += 1;
        while (segment > 0 && offset < starts[segment]) segment -= 1;
        const missing = reader.pushTo(track.pieces, offset, size);
        const shift = info.shiftSeconds + shiftSeconds;
        track.add(
          compositionTicks / info.timescale + shift,
          decodeTicks / info.timescale + shift,
          isKey,
          missing,
          segments[segment]?.frame ?? 0,
        );
      },
    });
  }
  return [...tracks.values()].filter(({ count }) => count > 0);
}

/** A track goes on over changes of variants as long as its codec stays; another configuration begins another track. */
function trackOf(
  tracks: Map<string, SampleTrackBuilder>,
  info: Mp4TrackInfo,
  streamId: (kind: string) => string,
): SampleTrackBuilder {
  const key = `${info.kind} ${info.codec} ${info.config ? String(info.config) : ''}`;
  const known = tracks.get(key);
  if (known) return known;
  const { channels, codec, config, framing, height, kind, sampleRateHz, width } = info;
  const facts = { streamId: streamId(kind), kind, codec, framing, config, width, height, sampleRateHz, channels };
  const track = new SampleTrackBuilder(facts);
  tracks.set(key, track);
  return track;
}
