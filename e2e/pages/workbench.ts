import { basename } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import { Grid } from './grid';
import { Jobs } from './jobs';
import { Player } from './player';

type PanelId =
  | 'overview'
  | 'calls'
  | 'streams'
  | 'conversations'
  | 'packets'
  | 'packet-detail'
  | 'follow-stream'
  | 'diagnostics'
  | 'call-flow'
  | 'rtp-analysis'
  | 'message'
  | 'sessions'
  | 'objects'
  | 'player';

/** The whole window. */
export class Workbench {
  readonly calls: Grid;
  readonly streams: Grid;
  readonly diagnostics: Grid;
  readonly rtpPackets: Grid;
  readonly packets: Grid;
  readonly sessions: Grid;
  readonly objects: Grid;
  readonly player: Player;
  readonly jobs: Jobs;
  readonly header: Locator;
  /** The empty window: invitation, or why the last file did not open. */
  readonly welcome: Locator;
  readonly openFailure: Locator;
  /** A failure while a capture is on the screen. */
  readonly failureBanner: Locator;

  constructor(readonly page: Page) {
    this.calls = new Grid(page, 'calls');
    this.streams = new Grid(page, 'streams');
    this.diagnostics = new Grid(page, 'diagnostics');
    this.rtpPackets = new Grid(page, 'rtp-packets');
    this.packets = new Grid(page, 'packets');
    this.sessions = new Grid(page, 'sessions');
    this.objects = new Grid(page, 'objects');
    this.player = new Player(page);
    this.jobs = new Jobs(page);
    this.header = page.locator('header');
    this.welcome = page.getByTestId('welcome');
    this.openFailure = page.getByTestId('open-failure');
    this.failureBanner = page.getByTestId('failure-banner');
  }

  /** Drags files over the window and lets them go, as a desktop does: with real paths. */
  async drop(...paths: string[]): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const { width, height } = await this.page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
    const at = { x: Math.round(width / 2), y: Math.round(height / 2) };
    const data = { items: [], files: paths, dragOperationsMask: 1 };
    await session.send('Input.dispatchDragEvent', { type: 'dragEnter', ...at, data });
    await session.send('Input.dispatchDragEvent', { type: 'dragOver', ...at, data });
    await expect(this.page.getByTestId('drop-overlay')).toBeVisible();
    await session.send('Input.dispatchDragEvent', { type: 'drop', ...at, data });
    await session.detach();
  }

  /** Waits until a capture is read to its end (or as far as it can be). */
  async expectLoaded(path: string, packets: number): Promise<void> {
    await expect(this.header).toContainText(basename(path));
    // Thousands are set apart by a thin space.
    const digits = packets.toLocaleString('en-US').replaceAll(',', '\\s');
    await expect(this.header).toContainText(new RegExp(`${digits} packets`));
    await expect(this.page.getByTestId('stop-reading')).toBeHidden();
  }

  /** Drops a file and waits until it is read. */
  async open(path: string, packets: number): Promise<void> {
    await this.drop(path);
    await this.expectLoaded(path, packets);
  }

  /** Runs a command by its title in the command palette. */
  async run(title: string): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+k');
    const search = this.page.getByRole('textbox', { name: 'Search commands and recent files' });
    await expect(search).toBeFocused();
    await search.fill(title);
    await this.page.getByRole('button', { name: title }).first().click();
    await expect(search).toBeHidden();
  }

  /** Brings a panel to the front by its tab. */
  async show(id: PanelId): Promise<void> {
    await this.page.getByTestId(`tab-${id}`).click();
    await expect(this.panel(id)).toBeVisible();
  }

  panel(id: PanelId): Locator {
    return this.page.getByTestId(`panel-${id}`);
  }

  conversations(layer: 'ethernet' | 'ipv4' | 'ipv6' | 'tcp' | 'udp'): Grid {
    return new Grid(this.page, `conversations.${layer}`);
  }

  /** Chooses an entry of the Export menu. */
  async exportSelected(
    kind: 'call' | 'stream' | 'session' | 'object',
    format: 'wav' | 'mp4' | 'au' | 'raw' | 'flv' | 'original',
  ): Promise<void> {
    await this.page.getByTestId('export-menu').click();
    await this.page.getByTestId(`export-${kind}-${format}`).click();
  }
}
