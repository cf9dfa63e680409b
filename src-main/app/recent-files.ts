import { basename } from 'node:path';
import type { RecentFile } from '#shared/ipc/contract';
import type { SettingsStore } from './settings';

const limit = 10;

/** Captures opened lately, newest first, remembered in the settings. */
export class RecentFiles {
  /** `onChange` is called after every change, with the list already new. */
  constructor(
    private readonly settings: SettingsStore,
    private readonly onChange: () => void,
  ) {}

  list(): readonly RecentFile[] {
    return this.settings.get().recentFiles.map((path) => ({ path, name: basename(path) }));
  }

  add(path: string): void {
    this.replace([path, ...this.without(path)].slice(0, limit));
  }

  /** Forgets a file that is gone. */
  remove(path: string): void {
    this.replace(this.without(path));
  }

  clear(): void {
    this.replace([]);
  }

  private without(path: string): readonly string[] {
    return this.settings.get().recentFiles.filter((known) => known !== path);
  }

  private replace(recentFiles: readonly string[]): void {
    this.settings.update({ recentFiles });
    this.onChange();
  }
}
