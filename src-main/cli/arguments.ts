import { parseArgs } from 'node:util';
import type { ExportFormat, VideoExportChoices } from '#shared/model/artifact';
import { assertAllowed, maxSpeed, minSpeed, parseTarget } from '../services/replay-target';
import { parseDecodeAs } from './decode-as';
import { usageFailure } from './failure';
import type { ReplayRequest } from './replay';
import type { AnalysisChoices } from './session';

export type CliCommand =
  | { readonly name: 'help' | 'version' }
  | { readonly name: 'info'; readonly file: string; readonly json: boolean }
  | (AnalysisChoices & {
      readonly name: 'analyze';
      /** Several are merged by time. */
      readonly files: readonly string[];
      readonly json: boolean;
      readonly withConversations: boolean;
    })
  | (AnalysisChoices & {
      readonly name: 'export';
      readonly file: string;
      readonly json: boolean;
      /** What to export; `all` for every call, session, stream and object. */
      readonly ids: readonly string[] | 'all';
      readonly format: ExportFormat;
      readonly folder: string;
      readonly video: VideoExportChoices;
    })
  | (ReplayRequest & { readonly name: 'replay' });

const formats = [
  'auto',
  'mp4',
  'mkv',
  'webm',
  'wav',
  'au',
  'raw',
  'rtpdump',
  'sdp',
  'flv',
  'ts',
  'jpg',
  'png',
  'srt',
  'vtt',
  'csv',
  'pcap',
  'original',
] as const satisfies readonly ExportFormat[];
const damageModes = ['faithful', 'clean'] as const;
const qualities = ['high', 'medium', 'low'] as const;

const includes = ['conversations', 'objects', 'messages', 'packets'];
const includesSoFar = ['conversations'];

/** Options of the analysis whose engine does not exist yet: refused, never ignored in silence. */
const laterOptions = {
  'srtp-key': { type: 'string', multiple: true },
} as const;

/** Options of every analysis. */
const analysisOptions = {
  ...laterOptions,
  wpa: { type: 'string', multiple: true },
  keylog: { type: 'string', multiple: true },
  'decode-as': { type: 'string', multiple: true },
} as const;

const flag = { type: 'boolean' } as const;
const commonOptions = { json: flag, help: { type: 'boolean', short: 'h' } } as const;

/** Understands the command line; throws a usage failure for what makes no sense. */
export function parseCommandLine(argv: readonly string[]): CliCommand {
  const [command, ...args] = argv;
  if (argv.includes('--help') || argv.includes('-h') || command === 'help') return { name: 'help' };
  if (command === '--version' || command === '-V') return { name: 'version' };
  switch (command) {
    case 'info':
      return parseInfo(args);
    case 'analyze':
      return parseAnalyze(args);
    case 'export':
      return parseExport(args);
    case 'replay':
      return parseReplay(args);
    case undefined:
      throw usageFailure('No command was given: info, analyze, export or replay.');
    default:
      throw usageFailure(`There is no command '${command}': it is info, analyze, export or replay.`);
  }
}

function parseInfo(args: readonly string[]): CliCommand {
  const { values, positionals } = understand(() =>
    parseArgs({ args: [...args], allowPositionals: true, options: commonOptions }),
  );
  return { name: 'info', file: oneFile(positionals), json: values.json === true };
}

function parseAnalyze(args: readonly string[]): CliCommand {
  const { values, positionals } = understand(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...commonOptions, ...analysisOptions, include: { type: 'string', multiple: true } },
    }),
  );
  refuseLaterOptions(values);
  const wanted = (values.include ?? []).flatMap((list) => list.split(',')).filter((part) => part !== '');
  for (const part of wanted) {
    if (!includes.includes(part))
      throw usageFailure(`--include does not know '${part}'.`, `Use ${includes.join(', ')}.`);
    if (!includesSoFar.includes(part)) throw later(`--include ${part}`);
  }
  return {
    name: 'analyze',
    files: someFiles(positionals),
    json: values.json === true,
    withConversations: wanted.includes('conversations'),
    wlanKeys: values.wpa,
    keyLogs: values.keylog,
    decodeAs: values['decode-as']?.map(parseDecodeAs),
  };
}

function parseExport(args: readonly string[]): CliCommand {
  const { values, positionals } = understand(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...commonOptions,
        ...analysisOptions,
        id: { type: 'string', multiple: true },
        all: flag,
        format: { type: 'string' },
        out: { type: 'string' },
        damage: { type: 'string' },
        quality: { type: 'string' },
      },
    }),
  );
  refuseLaterOptions(values);
  const { id: ids = [], all = false, format: formatName = 'auto', out } = values;
  if (all === ids.length > 0) {
    throw usageFailure('Name what to export: either --all, or --id once or several times.');
  }
  if (!out) throw usageFailure('Name the folder to write to: --out DIR.');
  const format = formats.find((known) => known === formatName);
  if (!format) throw usageFailure(`There is no format '${formatName}'.`, `Use ${formats.join(', ')}.`);
  return {
    name: 'export',
    file: oneFile(positionals),
    json: values.json === true,
    ids: all ? 'all' : ids,
    format,
    folder: out,
    video: {
      damage: oneOf('--damage', damageModes, values.damage),
      quality: oneOf('--quality', qualities, values.quality),
    },
    wlanKeys: values.wpa,
    keyLogs: values.keylog,
    decodeAs: values['decode-as']?.map(parseDecodeAs),
  };
}

function parseReplay(args: readonly string[]): CliCommand {
  const { values, positionals } = understand(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...commonOptions,
        ...analysisOptions,
        id: { type: 'string' },
        to: { type: 'string' },
        speed: { type: 'string' },
        loop: flag,
        'allow-remote': flag,
      },
    }),
  );
  refuseLaterOptions(values);
  if (!values.id) throw usageFailure('Name the stream to send: --id ID.', '`tapdeck analyze` prints the ids.');
  const target = parseTarget(values.to ?? '127.0.0.1');
  if (!target.ok) throw usageFailure(target.error.message, target.error.hint);
  const isRemoteAllowed = values['allow-remote'] === true;
  if (!assertAllowed(target.value, isRemoteAllowed).ok) {
    throw usageFailure(
      `${target.value.host} is not this machine: the captured media would be sent over the network.`,
      'Say --allow-remote when it may be.',
    );
  }
  const speed = Number(values.speed ?? '1');
  if (!(speed >= minSpeed && speed <= maxSpeed)) {
    throw usageFailure(`--speed is a number from ${minSpeed} to ${maxSpeed}, not '${values.speed}'.`);
  }
  return {
    name: 'replay',
    file: oneFile(positionals),
    json: values.json === true,
    id: values.id,
    target: target.value,
    speed,
    isLooping: values.loop === true,
    isRemoteAllowed,
    wlanKeys: values.wpa,
    keyLogs: values.keylog,
    decodeAs: values['decode-as']?.map(parseDecodeAs),
  };
}

function oneOf<T extends string>(option: string, known: readonly T[], value: string | undefined): T | undefined {
  const found = known.find((candidate) => candidate === value);
  if (value !== undefined && !found) throw usageFailure(`${option} is ${known.join(' or ')}, not '${value}'.`);
  return found;
}

function oneFile(positionals: readonly string[]): string {
  const [file, ...more] = positionals;
  if (file === undefined || file === '') throw usageFailure('Name the capture file, or `-` for standard input.');
  if (more.length > 0) {
    throw usageFailure(
      `One capture at a time: ${positionals.length} files were named.`,
      'Only analyze merges several.',
    );
  }
  return file;
}

function someFiles(positionals: readonly string[]): readonly string[] {
  if (positionals.length < 2) return [oneFile(positionals)];
  if (positionals.some((file) => file === '-' || file === '')) {
    throw usageFailure('Standard input cannot be merged with files.', 'Save it to a file first.');
  }
  return positionals;
}

function refuseLaterOptions(values: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(laterOptions)) if (values[name] !== undefined) throw later(`--${name}`);
}

function later(what: string): Error {
  return usageFailure(`${what} is not supported yet.`, 'It comes in a later version; leave it out.');
}

/** Of the library's complaints the first sentence says what is wrong. */
function understand<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const [sentence = 'The arguments make no sense'] = (error as Error).message.split(/\.\s/);
    throw usageFailure(`${sentence.replace(/\.$/, '')}.`);
  }
}
