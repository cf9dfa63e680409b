import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecentFiles } from './recent-files';
import { DecodeAsRules } from './decode-as-rules';
import { parseSettings, SettingsStore } from './settings';

let folder: string;
let complaints: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tapdeck-settings-'));
  complaints = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (path = join(folder, 'settings.json')): SettingsStore =>
  new SettingsStore(path, (message) => complaints.push(message));

describe('SettingsStore', () => {
  it('remembers across runs and leaves no draft behind', () => {
    open().update({ theme: 'light', bounds: { x: 1, y: -2, width: 3, height: 4 } });
    expect(open().get()).toMatchObject({ theme: 'light', bounds: { x: 1, y: -2, width: 3, height: 4 } });
    expect(readdirSync(folder)).toEqual(['settings.json']);
    expect(complaints).toEqual([]);
  });

  it('keeps what was said of ports of captures, by their hash', () => {
    const rules = [{ port: 6970, format: { encodingName: 'H264', clockRateHz: null, channels: null } }];
    new DecodeAsRules(open()).set('aa', rules);
    expect(new DecodeAsRules(open()).of('aa')).toEqual(rules);
    new DecodeAsRules(open()).set('aa', []);
    expect(open().get().decodeAs).toEqual([]);
    expect(
      parseSettings({ decodeAs: [{ sha256: 'aa', rules: [{ port: 70_000, format: null }] }, 1] }).decodeAs,
    ).toEqual([]);
  });

  it('starts anew from a broken file and says so', () => {
    writeFileSync(join(folder, 'settings.json'), '{"theme":');
    expect(open().get().theme).toBe('system');
    expect(complaints).toHaveLength(1);
  });

  it('goes on when the folder cannot be written', () => {
    const store = open(join(folder, 'missing', 'settings.json'));
    store.update({ theme: 'dark' });
    expect(store.get().theme).toBe('dark');
    expect(complaints).toHaveLength(1);
  });

  it('keeps what makes sense of a file of another version', () => {
    const settings = parseSettings({ theme: 'pink', bounds: { x: 0.5 }, recentFiles: ['/a', 3], isMaximized: true });
    expect(settings).toEqual({ theme: 'system', bounds: null, isMaximized: true, recentFiles: ['/a'], decodeAs: [] });
    expect(parseSettings(null)).toEqual(parseSettings({}));
  });
});

describe('RecentFiles', () => {
  it('keeps ten, newest first, each once, on disk', () => {
    const store = open();
    const recent = new RecentFiles(store, () => undefined);
    for (let n = 0; n < 12; n += 1) recent.add(`/captures/${n}.pcap`);
    recent.add('/captures/5.pcap');
    expect(recent.list()).toHaveLength(10);
    expect(recent.list()[0]).toEqual({ path: '/captures/5.pcap', name: '5.pcap' });
    expect(readFileSync(join(folder, 'settings.json'), 'utf8')).toContain('/captures/11.pcap');
    recent.remove('/captures/5.pcap');
    expect(recent.list()[0]?.name).toBe('11.pcap');
    recent.clear();
    expect(recent.list()).toEqual([]);
  });
});
