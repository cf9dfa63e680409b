import { findCodec } from '#engine/codecs/index';
import { fail, ok, type Result } from '#shared/base/result';
import type { ExportFormat } from '#shared/model/artifact';
import type { FileFormat } from '../media/export-file';
import { exportName } from '../media/file-names';
import type { MediaSourceIndex } from './media-source';

/** The file format behind a format asked for: `auto` is WAV for everything that sounds. */
export function fileFormat(format: ExportFormat): Result<FileFormat> {
  switch (format) {
    case 'auto':
    case 'wav':
      return ok('wav');
    case 'au':
    case 'mp4':
    case 'raw':
      return ok(format);
    default:
      return fail('format-not-possible', `This version does not write ${format}.`, {
        hint: 'It writes wav, au, mp4 and raw.',
      });
  }
}

/** `call-1-alice-to-bob.wav`, `audio-3-PCMU-192.0.2.1-20000-to-192.0.2.2-30000.au`. */
export function suggestName(index: MediaSourceIndex, ordinal: number, format: FileFormat): string {
  const kind = index.kind === 'call' ? 'call' : (index.streams[0]?.kind ?? 'stream');
  return exportName(kind === 'unknown' ? 'stream' : kind, ordinal, index.title, extension(index, format));
}

/** Raw payloads of a format that has files of its own get its extension. */
function extension({ streams }: MediaSourceIndex, format: FileFormat): string {
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
