import { type exportFormats } from '#shared/ipc/contract';
import type { SessionKind } from '#shared/model/session';
import { perform } from '../../bridge';
import { jobsActions } from '../../stores/jobs';
import { playableSourceId, useSelection } from '../../stores/selection';
import { useSession } from '../../stores/session';

export type WindowExportFormat = (typeof exportFormats)[number];

export interface ExportChoice {
  readonly format: WindowExportFormat;
  readonly label: string;
  readonly description: string;
}

const choices: Readonly<Record<Exclude<WindowExportFormat, 'auto'>, ExportChoice>> = {
  wav: { format: 'wav', label: 'WAV…', description: 'PCM, one channel a direction' },
  mp4: { format: 'mp4', label: 'MP4…', description: 'AAC, for players and e-mail' },
  mkv: { format: 'mkv', label: 'MKV…', description: 'as captured, any video format' },
  webm: { format: 'webm', label: 'WebM…', description: 'VP8, VP9 and AV1' },
  csv: { format: 'csv', label: 'List of damage…', description: 'pictures that lost packets, as CSV' },
  au: { format: 'au', label: 'AU…', description: 'Sun audio' },
  flv: { format: 'flv', label: 'FLV…', description: 'the tags as they were sent' },
  ts: { format: 'ts', label: 'MPEG-TS…', description: 'the transport stream as it was sent' },
  jpg: { format: 'jpg', label: 'Pictures…', description: 'a folder of the JPEGs as sent, with their times' },
  png: { format: 'png', label: 'Pictures as PNG…', description: 'a folder of all pictures, with their times as CSV' },
  srt: { format: 'srt', label: 'Damage as SubRip…', description: 'subtitles that name the damaged pictures' },
  vtt: { format: 'vtt', label: 'Damage as WebVTT…', description: 'subtitles that name the damaged pictures' },
  original: { format: 'original', label: 'Original…', description: 'the bytes as they were sent' },
  pcap: { format: 'pcap', label: 'Packets…', description: 'its frames as a capture file' },
  rtpdump: { format: 'rtpdump', label: 'rtpdump…', description: 'its packets with their times, for rtptools' },
  sdp: { format: 'sdp', label: 'SDP…', description: 'its description, for players of a replay' },
  raw: {
    format: 'raw',
    label: 'Raw payload…',
    description: 'The coded stream as a file of its format, or its payloads in order',
  },
};

/** What something can be saved as: a kind of session, or what it is of others. */
export type ExportSubject = 'call' | 'stream' | 'video' | 'object' | SessionExport;

/** A session, by its kind and what it can be played as. */
export interface SessionExport {
  readonly kind: SessionKind;
  readonly media: 'video' | 'audio' | null;
}

/** The formats that fit, the best first. Raw payload means one stream. */
export function exportChoices(subject: ExportSubject): readonly ExportChoice[] {
  if (typeof subject === 'object') return sessionChoices(subject);
  const { wav, mp4, mkv, webm, png, au, raw, rtpdump, sdp, csv, srt, vtt, original, pcap } = choices;
  switch (subject) {
    case 'video':
      return [film, mkv, webm, png, jpegs, elementary, csv, srt, vtt, rtpdump, sdp, pcap];
    case 'call':
      return [wav, mp4, au, pcap];
    case 'stream':
      return [wav, au, mp4, raw, rtpdump, sdp, pcap];
    case 'object':
      return [original, pcap];
  }
}

const film = { ...choices.mp4, description: 'as captured, for players; H.264 where it has to be' };
const jpegs = { ...choices.jpg, label: 'Pictures as JPEG…', description: 'a folder of all pictures, smaller' };
const elementary = { ...choices.raw, label: 'Elementary stream…', description: 'the coded bits alone' };

/** What they were sent as, by kind. */
const sentAs: Readonly<Partial<Record<SessionKind, readonly ExportChoice[]>>> = {
  rtmp: [choices.flv],
  mpegts: [choices.ts],
  hls: [choices.original],
  dash: [choices.original],
  'http-stream': [choices.original],
  camera: [choices.jpg],
};

function sessionChoices({ kind, media }: SessionExport): readonly ExportChoice[] {
  const { wav, mp4, mkv, webm, csv, pcap } = choices;
  const sent = sentAs[kind];
  // What is no more than its RTP streams is exported as those.
  if (media === null || !sent) return [pcap];
  if (kind === 'camera')
    return [{ ...film, description: 'a film in H.264, each picture at its time' }, mkv, ...sent, csv, pcap];
  if (media === 'audio') return [...sent, wav, { ...mp4, description: 'the coded sound as it was sent' }, pcap];
  return [film, ...sent, mkv, webm, wav, choices.png, csv, pcap];
}

/** Starts an export of a call, a stream, a session or an object; the user is asked where to, and the jobs tray shows how it goes. */
export async function startExport(sourceId: string, format: WindowExportFormat): Promise<void> {
  const { capture } = useSession.getState();
  if (!capture) return;
  const answer = await perform('export:start', { captureId: capture.captureId, sourceId, format });
  if (answer?.jobId) jobsActions.setTrayOpen(true);
}

const ofStreams: readonly WindowExportFormat[] = ['raw', 'mkv', 'csv', 'rtpdump', 'sdp'];

/** Exports what is selected; what only a stream can give means the selected stream of a call. */
export async function exportSelection(format: WindowExportFormat): Promise<void> {
  const selection = useSelection.getState();
  const isOfStream = ofStreams.includes(format);
  const sourceId = isOfStream ? selection.streamId : playableSourceId(selection);
  if (sourceId) await startExport(sourceId, format);
}
