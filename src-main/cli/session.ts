import type { Readable } from 'node:stream';
import type { Failure } from '#shared/base/result';
import type { CaptureProgress, CaptureSummary } from '#shared/model/capture';
import { CaptureService } from '../services/capture-service';
import createCaptureWorker from '../workers/capture.worker?nodeWorker';
import createHashWorker from '../workers/hash.worker?nodeWorker';
import { CliFailure, errorLine, type ExitCode, exitCodes } from './failure';
import { captureFile } from './standard-input';
import { ProgressLine, type Output } from './terminal';

/** What a command works with. */
export interface CliContext {
  readonly stdin: Readable;
  readonly stdout: Output;
  readonly stderr: Output;
  /** What has to be undone at the end, however that comes: workers, temporary files. The last is undone first. */
  readonly onEnd: (undo: () => void | Promise<void>) => void;
}

/** A capture that was read as far as it goes. */
export interface LoadedCapture {
  readonly captures: CaptureService;
  readonly captureId: string;
  readonly summary: CaptureSummary;
  readonly document: Awaited<ReturnType<CaptureService['document']>>;
  /** The file as the person named it. */
  readonly shownPath: string;
  /** Why reading ended before the end of the file; null when it did not. */
  readonly interruption: Failure | null;
}

/** Opens a capture, reads all of it, and waits for its hash. */
export async function loadCapture(name: string, context: CliContext): Promise<LoadedCapture> {
  const file = await captureFile(name, context.stdin, context.onEnd);
  const captures = new CaptureService({
    createCaptureWorker: () => createCaptureWorker({}),
    createHashWorker: () => createHashWorker({}),
  });
  context.onEnd(() => captures.dispose());
  const progress = new ProgressLine(context.stderr);
  captures.on('progress', (state) => progress.show(describeProgress(file.shownPath, state)));
  let interruption: Failure | null = null;
  captures.on('failed', ({ captureId, failure }) => {
    if (captureId !== null) interruption = shown(failure, file.path, file.shownPath);
  });

  const opened = await captures.open(file.path);
  if (!opened.ok) throw new CliFailure(shown(opened.error, file.path, file.shownPath));
  const { captureId } = opened.value;
  await captures.whenLoaded(captureId);
  // A hash that fails is told by `failed`; the facts are there all the same.
  await captures.sha256(captureId).catch(() => null);
  const document = await captures.document(captureId);
  progress.clear();
  const summary = captures.summary(captureId);
  return { captures, captureId, summary, document, shownPath: file.shownPath, interruption };
}

/** A failure with the file as the person named it; the private copy of standard input is nobody's business. */
function shown(failure: Failure, path: string, shownPath: string): Failure {
  const name = shownPath === '-' ? 'standard input' : shownPath;
  const where = failure.where?.replaceAll(path, name) ?? name;
  return { ...failure, where: where.includes(name) ? where : `${name}, ${where}` };
}

function describeProgress(name: string, { bytesRead, bytesTotal, packets }: CaptureProgress): string {
  const percent = bytesTotal > 0 ? Math.floor((100 * bytesRead) / bytesTotal) : 100;
  return `${name}  ${percent} %  ${packets} packets`;
}

/** What was read has been told; that it is not all of the file is a failure all the same. */
export function reportInterruption({ interruption }: LoadedCapture, { stderr }: CliContext): ExitCode {
  if (!interruption) return exitCodes.done;
  stderr.write(errorLine(interruption));
  return exitCodes.failed;
}
