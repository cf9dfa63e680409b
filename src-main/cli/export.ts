import { stat } from 'node:fs/promises';
import type { Artifact, ExportFormat, VideoExportChoices } from '#shared/model/artifact';
import { version } from '../../package.json';
import { type ExportProgress, ExportService } from '../services/export-service';
import createMediaWorker from '../workers/media.worker?nodeWorker';
import { jsonText } from './facts';
import { CliFailure, errorLine, type ExitCode, exitCodes } from './failure';
import { type AnalysisChoices, type CliContext, loadCapture, reportInterruption } from './session';
import { ProgressLine } from './terminal';
import { type TextColumn, textTable } from './text-table';

export interface ExportRequest extends AnalysisChoices {
  readonly file: string;
  readonly json: boolean;
  readonly ids: readonly string[] | 'all';
  readonly format: ExportFormat;
  readonly folder: string;
  readonly video: VideoExportChoices;
}

/** `tapdeck export`: calls and streams as files, with what it takes to make them again. */
export async function runExport(request: ExportRequest, context: CliContext): Promise<ExitCode> {
  await checkFolder(request.folder);
  const loaded = await loadCapture([request.file], context, request);
  const { captures, captureId, shownPath } = loaded;
  const exports = new ExportService({
    captures,
    createWorker: () => createMediaWorker({}),
    tool: `tapdeck ${version}`,
  });
  context.onEnd(() => exports.dispose());
  const progress = new ProgressLine(context.stderr);
  const { ids, format, folder, video } = request;
  const onProgress = (state: ExportProgress): void => {
    const percent = Math.floor(state.fraction * 100);
    progress.show(`${state.done + 1} of ${state.total}: ${state.sourceId}  ${percent} %`);
  };
  const report = await exports.exportAll(captureId, ids, format, folder, onProgress, video);
  progress.clear();
  const artifacts = report.artifacts.map((artifact) => fromCapture(artifact, shownPath));
  if (request.json) context.stdout.write(jsonText({ artifacts, failures: report.failures }));
  else context.stdout.write(textTable(artifacts, artifactColumns));
  for (const { sourceId, error } of report.failures) {
    context.stderr.write(errorLine({ code: 'export-failed', message: `${sourceId} was not exported. ${error}` }));
  }
  const interrupted = reportInterruption(loaded, context);
  return report.failures.length > 0 ? exitCodes.failed : interrupted;
}

/** A target that can never be one is told before the capture is read. */
async function checkFolder(folder: string): Promise<void> {
  const facts = await stat(folder).catch(() => null);
  if (!facts || facts.isDirectory()) return;
  throw new CliFailure({
    code: 'not-a-folder',
    message: 'The target of --out is a file.',
    where: folder,
    hint: 'Name a folder; it is made when it is missing.',
  });
}

/** The capture as the person named it, which for standard input is no path. */
function fromCapture(artifact: Artifact, path: string): Artifact {
  if (path !== '-') return artifact;
  const { provenance } = artifact;
  return { ...artifact, provenance: { ...provenance, capture: { ...provenance.capture, path } } };
}

const artifactColumns: readonly TextColumn<Artifact>[] = [
  { title: 'source', value: (artifact) => artifact.sourceId },
  { title: 'format', value: (artifact) => artifact.format },
  { title: 'duration s', value: (artifact) => artifact.durationSeconds?.toFixed(3), align: 'right' },
  { title: 'pictures', value: (artifact) => artifact.frames, align: 'right' },
  { title: 'bytes', value: (artifact) => artifact.bytes, align: 'right' },
  { title: 'sha256', value: (artifact) => artifact.sha256 },
  { title: 'file', value: (artifact) => artifact.path },
];
