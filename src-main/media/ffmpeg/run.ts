import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { RpcFailure } from '../../workers/rpc/protocol';
import { ProgressParser } from './progress';

/** How much of ffmpeg's complaints a failure carries. */
const stderrTailLength = 2000;
/** One that takes nothing, writes nothing and says nothing for so long, while it is waited for, hangs. */
const patienceMs = 20_000;

export interface FfmpegRun {
  readonly ffmpegPath: string;
  /** Options before the output file; input from the pipe is `-i pipe:0`. */
  readonly args: readonly string[];
  /** Absolute path of the file to be written, removed when the run fails or is cancelled; or who takes the output. */
  readonly outputPath: string | ((bytes: Uint8Array) => void);
  /** Hands over, piece by piece, what ffmpeg reads from its standard input. */
  readonly feed?: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>;
  readonly signal?: AbortSignal;
  /** Media seconds written so far; for output into a file. */
  readonly onProgress?: (outSeconds: number) => void;
  /** Milliseconds of silence after which it is given up. */
  readonly patienceMs?: number;
}

/**
 * Runs ffmpeg with nothing but files and pipes. Fails with `ffmpeg-failed` and the end of what it said, with
 * `ffmpeg-hangs` when it does nothing any more; when cancelled, kills it and throws the reason of the signal. Leaves no
 * partial file behind.
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
    if (typeof run.outputPath === 'string') await rm(run.outputPath, { force: true });
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
  /** When it last took, wrote or said something. */
  private aliveAt = performance.now();
  private isHanging = false;
  private refusal: { readonly error: unknown } | null = null;

  constructor(private readonly run: FfmpegRun) {
    const { outputPath } = run;
    this.child = spawn(
      run.ffmpegPath,
      [
        ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-nostats', '-y'],
        ...(typeof outputPath === 'string' ? ['-progress', 'pipe:1'] : []),
        ...['-protocol_whitelist', 'file,pipe', ...run.args],
        // With its protocol named a path cannot be taken for an option or another protocol.
        typeof outputPath === 'string' ? `file:${outputPath}` : 'pipe:1',
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
    await this.whileAlive(Promise.race([stdin && once(stdin, 'drain').catch(() => undefined), this.ended]));
  }

  /** Waits for its end; throws unless that was a good one. */
  async finish(): Promise<void> {
    this.child.stdin?.end();
    await this.whileAlive(this.ended);
    if (this.refusal || this.outcome !== 0) throw this.failure();
  }

  kill(): void {
    this.child.kill('SIGKILL');
    // Its children may hold the pipes open.
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
  }

  /** Waits for something that ffmpeg is to do; kills it when it is silent for too long. */
  private async whileAlive(doing: Promise<unknown>): Promise<void> {
    const { patienceMs: patience = patienceMs } = this.run;
    this.aliveAt = performance.now();
    const timer = setInterval(() => {
      if (performance.now() - this.aliveAt < patience) return;
      this.isHanging = true;
      this.kill();
    }, patience / 10);
    try {
      await doing;
    } finally {
      clearInterval(timer);
    }
  }

  private listen(): void {
    const { stdin, stdout, stderr } = this.child;
    const { outputPath, onProgress } = this.run;
    // A broken pipe shows in the exit code.
    stdin?.on('error', () => undefined);
    if (typeof outputPath === 'string') {
      const parser = new ProgressParser();
      stdout?.setEncoding('utf8').on('data', (text: string) => {
        this.aliveAt = performance.now();
        for (const { outSeconds } of parser.push(text)) if (outSeconds !== null) onProgress?.(outSeconds);
      });
    } else {
      stdout?.on('data', (bytes: Uint8Array) => {
        this.aliveAt = performance.now();
        this.take(bytes, outputPath);
      });
    }
    stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.aliveAt = performance.now();
      this.complaints = (this.complaints + text).slice(-stderrTailLength);
    });
  }

  /** What the one who takes the output cannot use ends the run. */
  private take(bytes: Uint8Array, output: (bytes: Uint8Array) => void): void {
    if (this.refusal) return;
    try {
      output(bytes);
    } catch (error) {
      this.refusal = { error };
      this.kill();
    }
  }

  private failure(): unknown {
    if (this.refusal) return this.refusal.error;
    if (this.isHanging) {
      return new RpcFailure({
        code: 'ffmpeg-hangs',
        message: 'ffmpeg does nothing any more; it was ended.',
        where: this.run.ffmpegPath,
        hint: 'Try again, or try another ffmpeg: name one with FFMPEG_BIN.',
      });
    }
    const said = this.complaints.trim();
    return new RpcFailure({
      code: 'ffmpeg-failed',
      message: `ffmpeg failed (${this.outcome})${said ? `: ${said}` : '.'}`,
      where: this.run.ffmpegPath,
      hint: 'Try another ffmpeg: name one with FFMPEG_BIN.',
    });
  }
}
