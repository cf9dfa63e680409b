import { expect, type Locator, type Page } from '@playwright/test';

/** The video panel. */
export class Video {
  readonly root: Locator;
  readonly playButton: Locator;
  readonly facts: Locator;

  constructor(private readonly page: Page) {
    this.root = page.getByTestId('video');
    this.playButton = page.getByTestId('video-play');
    this.facts = page.getByTestId('video-facts');
  }

  async expectState(state: 'empty' | 'loading' | 'failed' | 'ready' | 'playing'): Promise<void> {
    await expect(this.root).toHaveAttribute('data-state', state);
  }

  /** Index of the picture that the panel says is on the screen. */
  async frame(): Promise<number> {
    return Number(await this.root.getAttribute('data-frame'));
  }

  /** Seconds of the video element itself. */
  async currentTime(): Promise<number> {
    return this.root.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime);
  }

  /** Mean of all pixels of the picture on the screen, 0..255. */
  async brightness(): Promise<number> {
    return this.root.locator('video').evaluate((video: HTMLVideoElement) => {
      const canvas = document.createElement('canvas');
      canvas.width = 64;
      canvas.height = 64;
      const context = canvas.getContext('2d');
      if (!context) throw new Error('no canvas');
      context.drawImage(video, 0, 0, 64, 64);
      const { data } = context.getImageData(0, 0, 64, 64);
      return data.reduce((sum, value, i) => (i % 4 === 3 ? sum : sum + value), 0) / (64 * 64 * 3);
    });
  }

  async step(direction: 'forward' | 'back'): Promise<void> {
    await this.page.getByTestId(direction === 'forward' ? 'video-step' : 'video-step-back').click();
  }

  async choose(mode: 'Faithful' | 'Clean'): Promise<void> {
    await this.page.getByTestId('video-mode').getByText(mode).click();
  }

  /** How many clearly different colours the picture on the screen has. */
  async colours(): Promise<number> {
    return this.root.locator('video').evaluate((video: HTMLVideoElement) => {
      const canvas = document.createElement('canvas');
      canvas.width = 32;
      canvas.height = 18;
      const context = canvas.getContext('2d');
      if (!context) throw new Error('no canvas');
      context.drawImage(video, 0, 0, 32, 18);
      const { data } = context.getImageData(0, 0, 32, 18);
      const seen = new Set<number>();
      for (let i = 0; i < data.length; i += 4) {
        const [red, green, blue] = data.subarray(i, i + 3);
        seen.add((red >> 6) * 16 + (green >> 6) * 4 + (blue >> 6));
      }
      return seen.size;
    });
  }

  /** Bytes of sound that the window has decoded of what plays. */
  async decodedSoundBytes(): Promise<number> {
    return this.root
      .locator('video')
      .evaluate(
        (video) => (video as HTMLVideoElement & { webkitAudioDecodedByteCount: number }).webkitAudioDecodedByteCount,
      );
  }

  /** Which of the 16 pixel squares of a 64 x 64 picture is the bright one, by the pixels on the screen. */
  async brightSquare(): Promise<number> {
    return this.root.locator('video').evaluate((video: HTMLVideoElement) => {
      const canvas = document.createElement('canvas');
      canvas.width = 64;
      canvas.height = 64;
      const context = canvas.getContext('2d');
      if (!context) throw new Error('no canvas');
      context.drawImage(video, 0, 0, 64, 64);
      const { data } = context.getImageData(0, 0, 64, 64);
      const levels = Array.from({ length: 16 }, (_, i) => data[(((i >> 2) * 16 + 8) * 64 + (i % 4) * 16 + 8) * 4]);
      return levels.indexOf(Math.max(...levels));
    });
  }
}
