import type { Locator, Page } from '@playwright/test';

/** The jobs tray. */
export class Jobs {
  readonly tray: Locator;
  /** Newest first. */
  readonly entries: Locator;

  constructor(page: Page) {
    this.tray = page.getByTestId('jobs-tray');
    this.entries = this.tray.locator('li[data-state]');
  }

  inState(state: 'running' | 'done' | 'failed' | 'cancelled'): Locator {
    return this.tray.locator(`li[data-state=${state}]`);
  }
}
