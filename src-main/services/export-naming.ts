import { streamFormat } from '#engine/analysis/video/access-units';
import { findCodec } from '#engine/codecs/index';
import { fail, ok, type Result } from '#shared/base/result';
import type { ExportFormat } from '#shared/model/artifact';
import type { FileFormat } from '../media/export-file';
import type { VideoFileFormat } from '../media/mux/video-file';
import { exportName } from '../media/file-names';
import type { MediaSourceIndex } from './media-source';

/** What an export writes. */
export type TargetFormat = { readonly kind: 'audio'; readonly format: FileFormat } | VideoTarget;
export interface VideoTarget {
  readonly kind: 'video';
  readonly format: VideoFileFormat;
}

/** Formats of video that MP4 players know; others go into Matroska. */
const mp4Codecs = ['h264', 'h265', 'vp9', 'av1'];

/**
 * The file format behind a format asked for. `auto` is WAV for everything that sounds, MP4 for video that fits it, and
 * MKV for other video.
 */
export function targetFormat(format: ExportFormat, index: MediaSourceIndex): Result<TargetFormat> {
  const [stream] = index.streams;
  return index.kind === 'stream' && stream?.kind === 'video' ? videoFormat(format, stream) : audioFormat(format);
}

function audioFormat(format: ExportFormat): Result<TargetFormat> {
  switch (format) {
    case 'auto':
      return ok({ kind: 'audio', format: 'wav' });
    case 'wav':
    case 'au':
    case 'mp4':
    case 'mkv':
    case 'raw':
    case 'rtpdump':
    case 'sdp':
      return ok({ kind: 'audio', format });
    default:
      return fail('format-not-possible', `This version does not write ${format} of sound.`, {
        hint: 'It writes wav, au, mp4, mkv, raw, rtpdump and sdp.',
      });
  }
}

function videoFormat(format: ExportFormat, stream: MediaSourceIndex['streams'][number]): Result<TargetFormat> {
  switch (format) {
    case 'auto': {
      const fits = mp4Codecs.includes(streamFormat(stream)?.codec.id ?? '');
      return ok({ kind: 'video', format: fits ? 'mp4' : 'mkv' });
    }
    case 'rtpdump':
    case 'sdp':
      return ok({ kind: 'audio', format });
    case 'raw':
      // What cannot be taken apart is still saved as it came.
      return ok(streamFormat(stream) ? { kind: 'video', format } : { kind: 'audio', format });
    case 'mp4':
    case 'mkv':
    case 'webm':
    case 'csv':
    case 'srt':
    case 'vtt':
    case 'png':
    case 'jpg':
      return ok({ kind: 'video', format });
    default:
      return fail('format-not-possible', `This version does not write ${format} of video.`, {
        hint: 'It writes mp4, mkv, webm, raw, png, jpg, rtpdump, sdp and, as the list of damage, csv, srt and vtt.',
      });
  }
}

/** `call-1-alice-to-bob.wav`, `audio-3-PCMU-192.0.2.1-20000-to-192.0.2.2-30000.au`. */
export function suggestName(index: MediaSourceIndex, ordinal: number, { format }: TargetFormat): string {
  const kind = index.kind === 'call' ? 'call' : (index.streams[0]?.kind ?? 'stream');
  return exportName(kind === 'unknown' ? 'stream' : kind, ordinal, index.title, extension(index, format));
}

/** Raw payloads of a format that has files of its own get its extension. */
function extension({ streams }: MediaSourceIndex, format: TargetFormat['format']): string {
  if (format === 'png' || format === 'jpg') return 'pictures';
  if (format !== 'raw') return format;
  const formats = streams.flatMap(({ bindings }) =>
    bindings.map(({ encodingName }) => findCodec(encodingName)).filter((codec) => codec?.role !== 'events'),
  );
  const extensions = new Set(
    formats.filter((codec) => codec?.role !== 'comfort-noise').map((c) => c?.elementaryFormat),
  );
  const [only] = extensions;
  return extensions.size === 1 && only ? only : 'raw';
}
