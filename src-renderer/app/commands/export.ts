import { type exportFormats } from '#shared/ipc/contract';
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

const choices: Readonly<Record<WindowExportFormat, ExportChoice>> = {
  wav: { format: 'wav', label: 'WAV…', description: 'PCM, one channel a direction' },
  mp4: { format: 'mp4', label: 'MP4…', description: 'AAC, for players and e-mail' },
  mkv: { format: 'mkv', label: 'MKV…', description: 'as captured, any video format' },
  webm: { format: 'webm', label: 'WebM…', description: 'VP8, VP9 and AV1' },
  csv: { format: 'csv', label: 'List of damage…', description: 'pictures that lost packets, as CSV' },
  au: { format: 'au', label: 'AU…', description: 'Sun audio' },
  raw: {
    format: 'raw',
    label: 'Raw payload…',
    description: 'The coded stream as a file of its format, or its payloads in order',
  },
};

/** What a call, a stream or a stream of pictures can be saved as, the best first. Raw payload means one stream. */
export function exportChoices(kind: 'call' | 'stream' | 'video'): readonly ExportChoice[] {
  const { wav, mp4, mkv, webm, au, raw, csv } = choices;
  if (kind === 'video') {
    const pictures = { ...mp4, description: 'as captured, for players; H.264 where it has to be' };
    return [pictures, mkv, webm, { ...raw, label: 'Elementary stream…', description: 'the coded bits alone' }, csv];
  }
  return kind === 'call' ? [wav, mp4, au] : [wav, au, mp4, raw];
}

/** Starts an export of a call or a stream; the user is asked where to, and the jobs tray shows how it goes. */
export async function startExport(sourceId: string, format: WindowExportFormat): Promise<void> {
  const { capture } = useSession.getState();
  if (!capture) return;
  const answer = await perform('export:start', { captureId: capture.captureId, sourceId, format });
  if (answer?.jobId) jobsActions.setTrayOpen(true);
}

/** Exports what is selected; what only a stream can give means the selected stream of a call. */
export async function exportSelection(format: WindowExportFormat): Promise<void> {
  const selection = useSelection.getState();
  const isOfStream = format === 'raw' || format === 'mkv' || format === 'csv';
  const sourceId = isOfStream ? selection.streamId : playableSourceId(selection);
  if (sourceId) await startExport(sourceId, format);
}
