import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { Failure } from '#shared/base/result';
import type { DecodeAsRule } from '#shared/model/decode-as';
import type { CaptureProgress, CaptureSummary } from '#shared/model/capture';
import { CaptureService } from '../services/capture-service';
import createCaptureWorker from '../workers/capture.worker?nodeWorker';
import createHashWorker from '../workers/hash.worker?nodeWorker';
import { CliFailure, errorLine, type ExitCode, exitCodes, usageFailure } from './failure';
import { type CaptureFile, captureFile } from './standard-input';
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

/** What a command is given to understand a capture with. */
export interface AnalysisChoices {
  readonly wlanKeys?: readonly string[] | undefined;
  /** Key log files of TLS. */
  readonly keyLogs?: readonly string[] | undefined;
  readonly decodeAs?: readonly DecodeAsRule[] | undefined;
}

/** Faults of what was given beside the capture. */
const usageFaults: ReadonlySet<string> = new Set(['bad-wlan-key', 'bad-key-log']);

/** Opens a capture, or several as one, reads all of it, and waits for its hash. */
export async function loadCapture(
  names: readonly string[],
  context: CliContext,
  { wlanKeys = [], keyLogs = [], decodeAs = [] }: AnalysisChoices = {},
): Promise<LoadedCapture> {
  const files = await Promise.all(names.map((name) => captureFile(name, context.stdin, context.onEnd)));
  const shownPath = files.map((file) => file.shownPath).join(', ');
  const rest = files.find((file) => file.rest !== null)?.rest ?? null;
  const captures = new CaptureService({
    createCaptureWorker: () => createCaptureWorker({}),
    createHashWorker: () => createHashWorker({}),
  });
  context.onEnd(() => captures.dispose());
  const progress = new ProgressLine(context.stderr);
  captures.on('progress', (state) => progress.show(describeProgress(shownPath, state, rest !== null)));
  let interruption: Failure | null = null;
  captures.on('failed', ({ captureId, failure }) => {
    if (captureId !== null) interruption = shown(failure, files);
  });

  const paths = files.map(({ path }) => path);
  const opened = await captures.open(paths, { follows: rest !== null, wlanKeys, keyLogs });
  if (!opened.ok && usageFaults.has(opened.error.code)) throw usageFailure(opened.error.message, opened.error.hint);
  if (!opened.ok) throw new CliFailure(shown(opened.error, files));
  const { captureId } = opened.value;
  if (rest) {
    await rest.catch((error: unknown) => {
      if (!(error instanceof CliFailure)) throw error;
      interruption = error.failure;
    });
    await captures.stopFollowing(captureId);
  }
  await captures.whenLoaded(captureId);
  // A hash that fails is told by `failed`; the facts are there all the same.
  await captures.sha256(captureId).catch(() => null);
  if (decodeAs.length > 0) await captures.decodeAs(captureId, decodeAs);
  const document = await captures.document(captureId);
  progress.clear();
  const summary = captures.summary(captureId);
  return { captures, captureId, summary, document, shownPath, interruption };
}

/** A failure with the file as the person named it; the private copy of standard input is nobody's business. */
function shown(failure: Failure, files: readonly CaptureFile[]): Failure {
  let where = failure.where ?? '';
  const names = files.map(({ path, shownPath }) => {
    const name = shownPath === '-' ? 'standard input' : shownPath;
    where = where.replaceAll(path, name);
    return name;
  });
  if (names.some((name) => where.includes(basename(name)))) return { ...failure, where };
  return { ...failure, where: [...names, where].filter((part) => part !== '').join(', ') };
}

function describeProgress(
  name: string,
  { bytesRead, bytesTotal, packets }: CaptureProgress,
  isComing: boolean,
): string {
  if (isComing) return `${name}  ${bytesRead} bytes  ${packets} packets`;
  const percent = bytesTotal > 0 ? Math.floor((100 * bytesRead) / bytesTotal) : 100;
  return `${name}  ${percent} %  ${packets} packets`;
}

/** What was read has been told; that it is not all of the file is a failure all the same. */
export function reportInterruption({ interruption }: LoadedCapture, { stderr }: CliContext): ExitCode {
  if (!interruption) return exitCodes.done;
  stderr.write(errorLine(interruption));
  return exitCodes.failed;
}
