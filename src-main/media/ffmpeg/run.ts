import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { RpcFailure } from '../../workers/rpc/protocol';
import { ProgressParser } from './progress';

/** How much of ffmpeg's complaints a failure carries. */
const stderrTailLength = 2000;

export interface FfmpegRun {
  readonly ffmpegPath: string;
  /** Options before the output file; input from the pipe is `-i pipe:0`. */
  readonly args: readonly string[];
  /** Absolute path of the file to be written; removed when the run fails or is cancelled. */
  readonly outputPath: string;
  /** Hands over, piece by piece, what ffmpeg reads from its standard input. */
  readonly feed?: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>;
  readonly signal?: AbortSignal;
  /** Media seconds written so far. */
  readonly onProgress?: (outSeconds: number) => void;
}

/**
 * Runs ffmpeg with nothing but files and pipes. Fails with `ffmpeg-failed` and the end of what it said; when
 * cancelled, kills it and throws the reason of the signal. Leaves no partial output behind.
 */
export async function runFfmpeg(run: FfmpegRun): Promise<void> {
  run.signal?.throwIfAborted();
  const process = new FfmpegProcess(run);
  const stop = (): void => process.kill();
  run.signal?.addEventListener('abort', stop, { once: true });
  try {
    await run.feed?.((bytes) => process.write(bytes));
    await process.finish();
    run.signal?.throwIfAborted();
  } catch (error) {
    process.kill();
    await process.ended;
    await rm(run.outputPath, { force: true });
    run.signal?.throwIfAborted();
    throw error;
  } finally {
    run.signal?.removeEventListener('abort', stop);
  }
}

class FfmpegProcess {
  readonly ended: Promise<void>;
  private readonly child: ChildProcess;
  /** Exit code, or why there is none; null while it runs. */
  private outcome: number | string | null = null;
  private complaints = '';

  constructor(private readonly run: FfmpegRun) {
    this.child = spawn(
      run.ffmpegPath,
      [
        ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-nostats', '-progress', 'pipe:1', '-y'],
        ...['-protocol_whitelist', 'file,pipe', ...run.args],
        // With its protocol named a path cannot be taken for an option or another protocol.
        `file:${run.outputPath}`,
      ],
      { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true },
    );
    this.ended = new Promise((resolve) => {
      const end = (outcome: number | string): void => {
        this.outcome ??= outcome;
        resolve();
      };
      // `error`: it could not be started; `close`: it has ended and its pipes are drained.
      this.child.once('error', (error) => end(error.message));
      this.child.once('close', (code, killedBy) => end(code ?? killedBy ?? 'no exit code'));
    });
    this.listen();
  }

  /** Writes to its standard input, no faster than it reads. The bytes are copied. */
  async write(bytes: Uint8Array): Promise<void> {
    this.run.signal?.throwIfAborted();
    if (this.outcome !== null) throw this.failure();
    const { stdin } = this.child;
    if (stdin?.write(Uint8Array.from(bytes))) return;
    await Promise.race([stdin && once(stdin, 'drain').catch(() => undefined), this.ended]);
  }

  /** Waits for its end; throws unless that was a good one. */
  async finish(): Promise<void> {
    this.child.stdin?.end();
    await this.ended;
    if (this.outcome !== 0) throw this.failure();
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private listen(): void {
    const { stdin, stdout, stderr } = this.child;
    // A broken pipe shows in the exit code.
    stdin?.on('error', () => undefined);
    const parser = new ProgressParser();
    stdout?.setEncoding('utf8').on('data', (text: string) => {
      for (const { outSeconds } of parser.push(text)) if (outSeconds !== null) this.run.onProgress?.(outSeconds);
    });
    stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.complaints = (this.complaints + text).slice(-stderrTailLength);
    });
  }

  private failure(): RpcFailure {
    const said = this.complaints.trim();
    return new RpcFailure({
      code: 'ffmpeg-failed',
      message: `ffmpeg failed (${this.outcome})${said ? `: ${said}` : '.'}`,
      where: this.run.ffmpegPath,
      hint: 'Try another ffmpeg: name one with FFMPEG_BIN.',
    });
  }
}
