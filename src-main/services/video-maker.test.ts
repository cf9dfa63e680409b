import { EventEmitter } from 'node:events';
import { tmpdir } from 'node:os';
import { expect, it, vi } from 'vitest';
import type { VideoMaking } from '#shared/model/video';
import { ArtifactStore } from '../media/artifact-store';
import type { MadePiece } from '../media/mux/pieces';
import type { VideoInput } from '../media/mux/video-file';
import { VideoMaker } from './video-maker';
import type { MediaWorkerHost } from './media-worker-host';

/** A run that the test lets go on. */
interface Run {
  readonly method: string;
  readonly fromSeconds: number;
  readonly untilSeconds: number;
  readonly isCancelled: () => boolean;
  readonly piece: (startSeconds: number, endSeconds: number) => void;
  readonly end: (error?: Error) => Promise<void>;
}

/** Ten minutes, made by runs that the test plays. */
function setUp(hasSound = false) {
  const runs: Run[] = [];
  const changes: VideoMaking[] = [];
  const call = (
    method: string,
    { request }: { request: { fromSeconds: number; untilSeconds: number } },
    { signal, onProgress }: { signal: AbortSignal; onProgress: (piece: MadePiece) => void },
  ): Promise<null> => {
    const ended = new EventEmitter();
    const { fromSeconds, untilSeconds } = request;
    const isCancelled = (): boolean => signal.aborted;
    const piece = (startSeconds: number, endSeconds: number): void =>
      onProgress({ startSeconds, endSeconds, offset: 0, bytes: 1, openingBytes: 1 });
    const end = async (error?: Error): Promise<void> => {
      ended.emit('end', error);
      await Promise.resolve();
      await vi.waitFor(() => undefined);
    };
    runs.push({ method, fromSeconds, untilSeconds, isCancelled, piece, end });
    return new Promise((resolve, reject) => ended.once('end', (error) => (error ? reject(error) : resolve(null))));
  };
  const maker = new VideoMaker({
    owner: 'c',
    store: new ArtifactStore(tmpdir()),
    worker: { call } as unknown as MediaWorkerHost,
    input: {} as VideoInput,
    request: { planKey: '', mode: 'faithful', ffmpegPath: 'ffmpeg', originSeconds: 3, durationSeconds: 600 },
    hasSound,
    onChange: (change) => changes.push(change),
  });
  return { maker, runs, changes };
}

it('makes a video from where it is watched to its end, then what was left out', async () => {
  const { maker, runs, changes } = setUp();
  expect(maker.make(300)).toMatchObject({ state: 'making', fraction: 0, pieces: [] });
  expect(runs[0]).toMatchObject({ method: 'picturePieces', fromSeconds: 300, untilSeconds: 600 });
  // It begins at the key before.
  runs[0].piece(298, 600);
  expect(changes.at(-1)).toMatchObject({ state: 'making', pieces: [{ track: 'picture', startSeconds: 298 }] });
  await runs[0].end();
  expect(runs[1]).toMatchObject({ fromSeconds: 0, untilSeconds: 298 });
  runs[1].piece(0, 298);
  await runs[1].end();
  expect(changes.at(-1)).toMatchObject({ state: 'made', fraction: 1 });
  expect(maker.make(20).pieces.length).toBe(2);
  expect(runs.length).toBe(2);
});

it('waits for what comes by itself, and leaves a run for a place that is far from it', () => {
  const { maker, runs } = setUp();
  maker.make(0);
  runs[0].piece(0, 10);
  maker.make(12);
  expect([runs.length, runs[0].isCancelled()]).toEqual([1, false]);
  maker.make(100);
  expect(runs[0].isCancelled()).toBe(true);
  expect(runs[1]).toMatchObject({ fromSeconds: 100, untilSeconds: 600 });
  runs[1].piece(100, 110);
  // What is there already is not made again.
  maker.make(5);
  expect(runs[2]).toMatchObject({ fromSeconds: 10, untilSeconds: 100 });
});

it('gives up what a whole run did not fill', async () => {
  const { maker, runs, changes } = setUp();
  maker.make(0);
  runs[0].piece(4, 600);
  await runs[0].end();
  expect(runs.length).toBe(1);
  expect(changes.at(-1)?.state).toBe('made');
});

it('stops and goes on; a failure keeps what was made', async () => {
  const { maker, runs, changes } = setUp(true);
  maker.make(0);
  expect(runs.map(({ method }) => method)).toEqual(['picturePieces', 'soundPieces']);
  runs[0].piece(0, 10);
  maker.stop();
  expect(changes.at(-1)?.state).toBe('stopped');
  expect(runs.every(({ isCancelled }) => isCancelled())).toBe(true);
  expect(maker.make(10).pieces.length).toBe(1);
  expect(runs.slice(2).map(({ fromSeconds }) => fromSeconds)).toEqual([10, 0]);
  await runs[2].end(new Error('ffmpeg died'));
  expect(changes.at(-1)).toMatchObject({ state: 'failed', failure: { message: 'ffmpeg died' } });
  expect(runs[3].isCancelled()).toBe(true);
  expect(maker.make(10).pieces.length).toBe(1);
});
