import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MediaFixture, pcmuBinding, pcmuPackets } from '../media/testing/media-fixture';
import type { MediaApi } from '../workers/media-api';
import { mediaHandlers } from '../workers/media-handlers';
import type { Handlers } from '../workers/rpc/server';
import { MediaService } from './media-service';
import { FixtureCaptures } from './testing/fixture-captures';
import { InProcessMediaWorker } from './testing/in-process-media-worker';

let fixture: MediaFixture;
let captures: FixtureCaptures;
let service: MediaService;
let workers: InProcessMediaWorker[];
let renders: number;

const counting: Handlers<MediaApi> = {
  ...mediaHandlers,
  render: (argument, context) => {
    renders += 1;
    return mediaHandlers.render(argument, context);
  },
};

beforeEach(() => {
  fixture = new MediaFixture();
  const a = fixture.stream(pcmuPackets(100, 0x80), { streamId: 'a', direction: 'a-to-b' });
  const b = fixture.stream(pcmuPackets(100, 0xfd), { streamId: 'b', direction: 'b-to-a' });
  const g728 = { ...pcmuBinding, payloadType: 15, encodingName: 'G728' };
  const odd = fixture.stream(
    pcmuPackets(3, 0).map((packet) => ({ ...packet, payloadType: 15 })),
    { streamId: 'odd', bindings: [g728] },
  );
  captures = new FixtureCaptures(fixture)
    .add({ sourceId: 'call-1', kind: 'call', title: 'alice → bob', streams: [a, b] })
    .add({ sourceId: 'odd', kind: 'stream', title: 'odd', streams: [odd] });
  workers = [];
  renders = 0;
  service = new MediaService({
    captures,
    cacheDir: join(fixture.folder, 'cache'),
    createWorker: () => {
      const worker = new InProcessMediaWorker(counting);
      workers.push(worker);
      return worker;
    },
  });
});
afterEach(async () => {
  await service.dispose();
  fixture.dispose();
});

const cachedFiles = (): string[] =>
  existsSync(join(fixture.folder, 'cache'))
    ? readdirSync(join(fixture.folder, 'cache'), { recursive: true, encoding: 'utf8' }).filter((f) =>
        f.endsWith('.wav'),
      )
    : [];

describe('MediaService', () => {
  it('gives a player with lanes, peaks and a file behind an opaque id', async () => {
    const player = await service.player('c', 'call-1');
    expect(player).toMatchObject({ title: 'alice → bob', sampleRateHz: 8000, durationSeconds: 2, startSeconds: 0 });
    expect(player.url).toBe(`media://artifact/${player.artifactId}`);
    expect(player.lanes.map(({ streamId, codec }) => [streamId, codec])).toEqual([
      ['a', 'PCMU'],
      ['b', 'PCMU'],
    ]);
    expect(player.lanes[0].peaks).toHaveLength(2 * 400);
    expect(new Set(player.lanes[0].peaks)).toEqual(new Set([Math.fround(32_124 / 32_768)]));
    const file = service.artifactFile(player.artifactId);
    expect(file?.mime).toBe('audio/wav');
    expect(readFileSync(file?.path ?? '')).toHaveLength(44 + 2 * 2 * 16_000);
  });

  it('makes a player once, but anew while the capture is loading', async () => {
    const [one, two] = await Promise.all([service.player('c', 'call-1'), service.player('c', 'call-1')]);
    expect(await service.player('c', 'call-1')).toBe(one);
    expect(two).toBe(one);
    expect(renders).toBe(1);
    captures.state = 'loading';
    await service.player('loading', 'call-1');
    await service.player('loading', 'call-1');
    expect(renders).toBe(3);
  });

  it('fails clearly and tries again when asked again', async () => {
    for (let i = 0; i < 2; i += 1) {
      await expect(service.player('c', 'odd')).rejects.toMatchObject({ failure: { code: 'codec-not-playable' } });
    }
    expect(renders).toBe(2);
    await expect(service.player('c', 'nobody')).rejects.toMatchObject({ failure: { code: 'not-found' } });
    expect(cachedFiles()).toEqual([]);
  });

  it('says that the capture has vanished', async () => {
    rmSync(fixture.capturePath);
    await expect(service.player('c', 'call-1')).rejects.toMatchObject({ failure: { code: 'capture-vanished' } });
  });

  it('survives the death of its worker', async () => {
    const dying = service.player('c', 'call-1');
    dying.catch(() => undefined);
    while (workers.length === 0) await new Promise((resolve) => setImmediate(resolve));
    workers[0].emit('error', new Error('out of memory'));
    await expect(dying).rejects.toMatchObject({
      failure: { code: 'media-worker-died', message: 'The media worker stopped: out of memory.' },
    });
    expect(await service.player('c', 'call-1')).toMatchObject({ durationSeconds: 2 });
    expect(workers).toHaveLength(2);
  });

  it('removes everything of a capture that is closed, also what is under way', async () => {
    const player = await service.player('c', 'call-1');
    const pending = service.player('c2', 'call-1');
    service.closeCapture('c2');
    await expect(pending).rejects.toMatchObject({ failure: { code: 'cancelled' } });
    expect(cachedFiles()).toHaveLength(1);
    service.closeCapture('c');
    expect(cachedFiles()).toEqual([]);
    expect(service.artifactFile(player.artifactId)).toBeNull();
  });

  it('leaves nothing behind at the end', async () => {
    await service.player('c', 'call-1');
    await service.dispose();
    expect(readdirSync(join(fixture.folder, 'cache'))).toEqual([]);
  });
});
