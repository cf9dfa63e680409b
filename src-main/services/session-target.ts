import type { MediaFile, MediaSamples, SampleTrack } from '#engine/analysis/sessions/media-samples';
import { fail, ok, type Result } from '#shared/base/result';
import type { ExportFormat } from '#shared/model/artifact';
import type { TableRow } from '#shared/query/table-query';
import { audioTrack, elementaryFormat, type SampleAudioFormat } from '../media/samples/sample-audio';
import { exportName, sanitizeName } from '../media/file-names';
import { videoFormat } from '../media/samples/picture-source';
import type { VideoFileFormat } from '../media/mux/video-file';
import type { SourceRows } from './source-rows';
import { isMedia } from './stored-media';

/** What is written of coded samples or of a file that was sent. */
export type SessionTarget =
  | { readonly kind: 'pictures-and-sound'; readonly format: VideoFileFormat }
  | { readonly kind: 'sound'; readonly format: SampleAudioFormat }
  | { readonly kind: 'picture-files'; readonly format: 'jpg' }
  | { readonly kind: 'original'; readonly format: 'original' | 'flv' | 'ts' };

/** Formats of video that MP4 players know, and that of cameras, which becomes one; others go into Matroska. */
const mp4Codecs = ['h264', 'h265', 'vp9', 'av1', 'jpeg'];
/** Longest name of an object, in UTF-16 units. */
const maxObjectName = 80;
/** Extensions of files that are wanted by the name of their container. */
const containers = { flv: ['flv'], ts: ['ts', 'm2ts', 'mts'] } as const;

/** The video of samples; null when they only sound. */
function pictures({ tracks }: MediaSamples): SampleTrack | null {
  return tracks.find(({ kind }) => kind === 'video') ?? null;
}

/** What a format asked for means; `file` is null when the bytes are not there as they were sent. */
export function sessionTarget(
  format: ExportFormat,
  samples: MediaSamples | null,
  file: MediaFile | null,
): Result<SessionTarget> {
  if (format === 'original' || format === 'flv' || format === 'ts') return originalTarget(format, file);
  if (!samples) return format === 'auto' ? originalTarget('original', file) : fileTarget(format, file);
  const video = pictures(samples);
  switch (format) {
    case 'auto': {
      if (!video) return ok({ kind: 'sound', format: 'wav' });
      const fits = mp4Codecs.includes(videoFormat(video.codec)?.id ?? '');
      return ok({ kind: 'pictures-and-sound', format: fits ? 'mp4' : 'mkv' });
    }
    case 'mp4':
    case 'mkv':
    case 'raw':
      return ok(video ? { kind: 'pictures-and-sound', format } : { kind: 'sound', format });
    case 'webm':
    case 'csv':
    case 'srt':
    case 'vtt':
    case 'png':
      return video ? ok({ kind: 'pictures-and-sound', format }) : noPictures(format);
    case 'wav':
    case 'au':
      return ok({ kind: 'sound', format });
    case 'jpg':
      if (video && video.codec.toUpperCase() !== 'JPEG') return ok({ kind: 'pictures-and-sound', format });
      return video ? ok({ kind: 'picture-files', format }) : noPictures(format);
    default:
      return fail('format-not-possible', `This version does not write ${format} of it.`, {
        hint: 'It writes mp4, mkv, webm, wav, au, raw, png, jpg, csv, srt, vtt and original.',
      });
  }
}

function originalTarget(format: 'original' | 'flv' | 'ts', file: MediaFile | null): Result<SessionTarget> {
  if (!file) {
    return fail('format-not-possible', 'It was not sent as a file: there are no bytes to be written as they are.', {
      hint: 'Export it as mp4 or mkv.',
    });
  }
  const wanted: readonly string[] = format === 'original' ? [file.extension] : containers[format];
  if (wanted.includes(file.extension)) return ok({ kind: 'original', format });
  return fail('format-not-possible', `It was not sent as ${format.toUpperCase()}, but as ${file.extension}.`, {
    hint: 'Export it as original, or as mp4.',
  });
}

/** What is in a file that was sent comes out of it only when it is written; its kind tells what may be. */
function fileTarget(format: ExportFormat, file: MediaFile | null): Result<SessionTarget> {
  if (!file || !isMedia(file)) return noSamples(format);
  const hasPictures = file.mime.startsWith('video/');
  if (format === 'wav' || format === 'au') return ok({ kind: 'sound', format });
  if (format === 'mp4' || format === 'mkv') {
    return ok(hasPictures ? { kind: 'pictures-and-sound', format } : { kind: 'sound', format });
  }
  return format === 'webm' && hasPictures ? ok({ kind: 'pictures-and-sound', format }) : noSamples(format);
}

function noSamples(format: ExportFormat): Result<never> {
  return fail('format-not-possible', `There is nothing in it that can be written as ${format}.`, {
    hint: 'Export it as original.',
  });
}

function noPictures(format: ExportFormat): Result<never> {
  return fail('format-not-possible', `There is no picture in it that can be written as ${format}.`, {
    hint: 'Export it as wav.',
  });
}

/** `rtmp-1-live-cam.mp4`, `camera-2-203.0.113.97-8081` for a folder; objects keep the name that they were sent under. */
export async function sessionName(
  sourceId: string,
  target: SessionTarget,
  { samples, file, rows }: { samples: MediaSamples | null; file: MediaFile | null; rows: SourceRows },
): Promise<string> {
  const extension = extensionOf(sourceId, target, samples, file);
  const object = await rows.find('objects', sourceId);
  if (object) return objectName(String(object.row.name ?? ''), extension);
  const session = await rows.find('sessions', sourceId);
  const stream = session ? null : await rows.find('streams', sourceId);
  const kind = String(session?.row.kind ?? stream?.row.kind ?? 'media');
  const ordinal = session ? await ordinalOfKind(rows, session.row) : (stream?.ordinal ?? 1);
  const about = session ? shortUrl(String(session.row.url ?? samples?.title ?? kind)) : (samples?.title ?? kind);
  const name = exportName(kind, ordinal, about, extension);
  // A folder has no extension, nor what looks like one.
  return extension === '' ? name.slice(0, -1).replaceAll('.', '-') : name;
}

/** `rtmp-1-live-cam.pcapng`, `call-2.pcapng`. */
export async function packetsName(sourceId: string, rows: SourceRows): Promise<string> {
  const tables = ['sessions', 'objects', 'calls', 'streams'] as const;
  for (const table of tables) {
    const found = await rows.find(table, sourceId);
    if (!found) continue;
    const { row } = found;
    const ordinal = table === 'sessions' ? await ordinalOfKind(rows, row) : found.ordinal;
    if (table === 'objects') return `${sanitizeName(String(row.name ?? 'object'))}.pcapng`;
    const kind = table === 'calls' ? 'call' : String(row.kind ?? 'stream');
    const about = table === 'sessions' ? shortUrl(String(row.url ?? kind)) : sourceId;
    return exportName(kind, ordinal, about, 'pcapng');
  }
  return `${sanitizeName(sourceId)}.pcapng`;
}

/** Place among the sessions of its kind, from 1. */
async function ordinalOfKind(rows: SourceRows, session: TableRow): Promise<number> {
  const alike = (await rows.rows('sessions')).filter(({ kind }) => kind === session.kind);
  return alike.findIndex(({ id }) => id === session.id) + 1;
}

function extensionOf(
  sourceId: string,
  { kind, format }: SessionTarget,
  samples: MediaSamples | null,
  file: MediaFile | null,
): string {
  if (kind === 'picture-files') return '';
  if (format === 'png' || format === 'jpg') return 'pictures';
  if (kind === 'original') return safeExtension(file?.extension ?? '');
  if (format !== 'raw' || !samples) return format;
  const video = pictures(samples);
  const sound = audioTrack(samples, sourceId);
  if (kind === 'pictures-and-sound') return videoFormat(video?.codec ?? '')?.elementaryFormat ?? 'raw';
  return (sound && elementaryFormat(sound)?.extension) ?? 'raw';
}

function safeExtension(extension: string): string {
  return /^[a-z0-9]{1,8}$/i.test(extension) ? extension.toLowerCase() : 'bin';
}

/** The name that it was sent under, made safe once more; `extension` where it has none. */
function objectName(name: string, extension: string): string {
  const [, stem = name, own = extension] = /^(.+)\.([A-Za-z0-9]{1,8})$/s.exec(name) ?? [];
  return `${sanitizeName(stem, maxObjectName)}.${own.toLowerCase()}`;
}

/** Host and path without the extension; what follows a question mark may be long or secret. */
function shortUrl(url: string): string {
  const path = url.replace(/^[a-z0-9+.-]+:\/\//i, '').replace(/[?#].*$/s, '');
  return path.replace(/(\/[^/]+)\.[A-Za-z0-9]{1,5}$/, '$1');
}
