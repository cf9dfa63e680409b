import type { AccessUnit, CodedSpan, CodecParameters } from '../codecs/index';
import { createAacFile } from './aac-file';
import { createAmrFile } from './amr-file';
import { createIlbcFile } from './ilbc-file';
import { createLoasFile } from './loas-file';
import { createOpusFile, createSpeexFile } from './ogg-audio';

/** A file of one coded stream, made unit by unit. */
export interface AudioFile {
  /**
   * Bytes that are now ready, those of the beginning with the first unit; null when the format cannot hold the unit.
   * `silence` is the time before it that no unit covers, in samples as `span` counts them.
   */
  write(unit: AccessUnit, span: CodedSpan, silence: number): Uint8Array | null;
  /** Bytes behind the last unit. */
  end(): Uint8Array;
}

/** What is needed to begin a file. */
export interface AudioFileOptions {
  readonly parameters: CodecParameters;
  readonly channels: number;
}

export interface AudioFileFormat {
  readonly extension: string;
  readonly mime: string;
  create(options: AudioFileOptions): AudioFile;
}

const none = new Uint8Array(0);

/** Units one after the other: formats whose frames tell where they end, or are all of one size. */
function createPlainFile(): AudioFile {
  return {
    write: ({ units }) => (units.length === 1 ? units[0] : join(units)),
    end: () => none,
  };
}

function join(units: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(units.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const unit of units) {
    whole.set(unit, at);
    at += unit.length;
  }
  return whole;
}

const plain = (extension: string, mime: string): AudioFileFormat => ({ extension, mime, create: createPlainFile });
const aac: AudioFileFormat = { extension: 'aac', mime: 'audio/aac', create: createAacFile };

/** Natural files of coded audio, by id of the codec. */
const formats: ReadonlyMap<string, AudioFileFormat> = new Map([
  ['g722', plain('g722', 'audio/G722')],
  ['g723', plain('g723_1', 'audio/G723')],
  ['g729', plain('g729', 'audio/G729')],
  ['gsm', plain('gsm', 'audio/GSM')],
  ...['g726-16', 'g726-24', 'g726-32', 'g726-40'].flatMap((id): [string, AudioFileFormat][] => [
    [id, plain('g726', 'audio/G726')],
    [`aal2-${id}`, plain('g726', 'audio/G726')],
  ]),
  ['ilbc', { extension: 'lbc', mime: 'audio/iLBC', create: createIlbcFile }],
  ['amr', { extension: 'amr', mime: 'audio/AMR', create: () => createAmrFile('#!AMR\n') }],
  ['amr-wb', { extension: 'awb', mime: 'audio/AMR-WB', create: () => createAmrFile('#!AMR-WB\n') }],
  ['opus', { extension: 'opus', mime: 'audio/ogg', create: createOpusFile }],
  ['speex', { extension: 'spx', mime: 'audio/ogg', create: createSpeexFile }],
  ['mpeg4-generic', aac],
  ['mp4a-latm', aac],
  ['mpa', plain('mp3', 'audio/mpeg')],
  ['ac3', plain('ac3', 'audio/ac3')],
  ['eac3', plain('eac3', 'audio/eac3')],
]);

/** AAC of any kind with its configuration in every frame: what decoders are given. */
export const loas: AudioFileFormat = { extension: 'loas', mime: 'audio/MP4A-LATM', create: createLoasFile };

/** The file that a format is kept in by itself; undefined where there is none. */
export function audioFileFormat(codecId: string): AudioFileFormat | undefined {
  return formats.get(codecId);
}
