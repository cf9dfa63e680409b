import type { DecodeAsRule } from '#shared/model/decode-as';
import type { SettingsStore } from './settings';

/** Captures that are remembered. */
const limit = 200;

/** What a person said of the ports of captures, remembered in the settings by the hash of the capture. */
export class DecodeAsRules {
  constructor(private readonly settings: SettingsStore) {}

  of(sha256: string): readonly DecodeAsRule[] {
    return this.settings.get().decodeAs.find((known) => known.sha256 === sha256)?.rules ?? [];
  }

  set(sha256: string, rules: readonly DecodeAsRule[]): void {
    const others = this.settings.get().decodeAs.filter((known) => known.sha256 !== sha256);
    const decodeAs = rules.length > 0 ? [...others, { sha256, rules }].slice(-limit) : others;
    this.settings.update({ decodeAs });
  }
}
