import { expect, type Locator, type Page } from '@playwright/test';
import type { TapdeckBridge } from '#shared/ipc/contract';
import type { PlayerModel } from '#shared/model/player';

declare global {
  interface Window {
    readonly tapdeck: TapdeckBridge;
  }
}

/** The player at the bottom of the window. */
export class Player {
  readonly root: Locator;
  readonly playButton: Locator;

  constructor(private readonly page: Page) {
    this.root = page.getByTestId('player');
    this.playButton = page.getByTestId('play');
  }

  async expectState(state: 'empty' | 'loading' | 'failed' | 'ready' | 'playing' | 'video'): Promise<void> {
    await expect(this.root).toHaveAttribute('data-state', state);
  }

  /** Seconds of the sound at the playhead. */
  async position(): Promise<number> {
    return Number(await this.root.getAttribute('data-position'));
  }

  async duration(): Promise<number> {
    return Number(await this.root.getAttribute('data-duration'));
  }

  /** RMS of a lane at this moment, 0..1. */
  async level(lane: number): Promise<number> {
    return Number(await this.root.getAttribute(`data-level-${lane}`));
  }

  /** What the window gets to play for its first call, or else its first stream: lanes, length, artifact. */
  async model(): Promise<Omit<PlayerModel, 'lanes'>> {
    const result = await this.page.evaluate(async () => {
      const capture = await window.tapdeck.invoke('capture:current', {});
      if (!capture.ok || !capture.value) throw new Error('no capture is open');
      const { captureId } = capture.value;
      for (const table of ['calls', 'streams'] as const) {
        const page = await window.tapdeck.invoke('table:page', { captureId, query: { table, offset: 0, limit: 1 } });
        const row = page.ok ? page.value.rows[0] : undefined;
        if (row) return window.tapdeck.invoke('media:player', { captureId, sourceId: row.id });
      }
      throw new Error('nothing to play');
    });
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  }

  /** Bytes of an artifact as the page gets them, whole or a range of them. */
  async fetchArtifact(
    url: string,
    range?: string,
  ): Promise<{ status: number; contentRange: string | null; bytes: Buffer }> {
    const answer = await this.page.evaluate(
      async ([address, wanted]) => {
        const response = await fetch(address, wanted ? { headers: { Range: wanted } } : {});
        const bytes = new Uint8Array(await response.arrayBuffer());
        let text = '';
        for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
        return { status: response.status, contentRange: response.headers.get('Content-Range'), base64: btoa(text) };
      },
      [url, range] as const,
    );
    return { ...answer, bytes: Buffer.from(answer.base64, 'base64') };
  }
}
