import { Extents } from '../../bytes/extents';
import type { MediaSamples, SampleTrack } from '../sessions/media-samples';
import type { CameraClock } from './camera-clock';
import type { PictureSeries } from './picture-series';
import type { SeriesTiming } from './series-timing';

/** Behind the id of a session or stream: the same pictures at the times that the camera tells. */
export const ownTimeSuffix = '@camera';
/** Pictures with longer sides are not handed to decoders: they would take gigabytes. */
export const maxSide = 16_384;

/** The pictures of a camera as samples, at the times of capture or, with `clock`, at those of the camera. */
export function pictureSamples(
  sourceId: string,
  series: PictureSeries,
  timing: SeriesTiming,
  clock: CameraClock | null,
): MediaSamples {
  const { list } = series;
  const shown = list.pictures.map((_, i) => i).filter((i) => isShowable(list.pictures[i]));
  const extents = new Extents(shown.length);
  const extentStart = new Uint32Array(shown.length + 1);
  shown.forEach((index, i) => {
    // Pictures that touch in the capture stay apart.
    extents.seal();
    extents.pushFrom(list.extentsOf(list.pictures[index]));
    extentStart[i + 1] = extents.count;
  });
  const columns = extents.trimmed();
  const timeSeconds = Float64Array.from(shown, (i) =>
    clock ? timing.startSeconds + clock.seconds[i] : timing.endSeconds[i],
  );
  const { width, height, share } = series.size;
  const track: SampleTrack = {
    streamId: `${series.id}-video`,
    kind: 'video',
    codec: 'JPEG',
    framing: 'raw',
    config: null,
    width: width || null,
    height: height || null,
    sampleRateHz: null,
    channels: null,
    count: shown.length,
    timeSeconds,
    decodeSeconds: timeSeconds.slice(),
    isKey: new Uint8Array(shown.length).fill(1),
    isDamaged: Uint8Array.from(shown, (i) => (list.pictures[i].isWhole ? 0 : 1)),
    missing: Uint32Array.from(shown, (i) => list.pictures[i].stored.missing),
    frame: Uint32Array.from(shown, (i) => list.pictures[i].frame),
    extentStart,
    extents: columns,
  };
  return {
    sourceId,
    title: `${series.url.split('?', 1)[0] || 'camera'} (${shown.length} pictures)`,
    tracks: [track],
    notes: notesOf(series, timing, clock, list.pictures.length - shown.length, share),
  };
}

const isShowable = ({ width, height }: { readonly width: number; readonly height: number }): boolean =>
  width <= maxSide && height <= maxSide;

function notesOf(
  series: PictureSeries,
  timing: SeriesTiming,
  clock: CameraClock | null,
  left: number,
  share: number,
): string[] {
  const notes = [
    clock
      ? `Times are those of the camera (${clock.field}); they differ from those of capture by up to ${clock.maxDifferenceMs.toFixed(1)} ms.`
      : 'Times are those at which the last byte of each picture was captured.',
  ];
  if (!clock && timing.clock) {
    notes.push(
      `The camera's own ${timing.clock.field} differs from them by up to ${timing.clock.maxDifferenceMs.toFixed(1)} ms.`,
    );
  }
  if (series.list.broken > 0) notes.push(`${series.list.broken} pictures are broken.`);
  if (share < 1) notes.push('The pictures are not all of one size.');
  if (left > 0) notes.push(`${left} pictures claim sides of more than ${maxSide} pixels and are left out.`);
  return notes;
}
