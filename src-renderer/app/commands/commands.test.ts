import '../../testing/dom';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { menuCommands } from '#shared/model/commands';
import { layoutActions, useLayout } from '../../stores/layout';
import { playheadActions, usePlayhead } from '../../stores/playhead';
import { selectionActions } from '../../stores/selection';
import { useSession } from '../../stores/session';
import { commands, runCommand } from './commands';
import { exportChoices, type ExportSubject } from './export';
import { isTakenByTarget, matchesAccelerator, shortcutLabel } from './shortcuts';

const invoke = vi.fn(async (_name: string, _input: unknown): Promise<unknown> => ({ ok: true, value: null }));
Object.assign(window, { tapdeck: { invoke, on: () => () => {}, pathForFile: () => '' } });

beforeEach(() => {
  invoke.mockClear();
  selectionActions.clear();
  playheadActions.reset();
  useSession.setState({ capture: null, failure: null, openingPath: null });
});

const press = (key: string, modifiers: KeyboardEventInit = {}): KeyboardEvent =>
  new KeyboardEvent('keydown', { key, ...modifiers });

describe('commands', () => {
  it('exist for every entry of the menu, in its order', () => {
    expect(commands.values().map(({ id }) => id)).toEqual(menuCommands.map(({ id }) => id));
  });

  it('have accelerators that no two share', () => {
    const used = menuCommands.flatMap(({ accelerator }) => accelerator ?? []);
    expect(new Set(used).size).toBe(used.length);
  });

  it('do nothing while they are not possible', () => {
    expect(runCommand('export.wav')).toBe(false);
    expect(runCommand('no-such-command')).toBe(false);
    expect(invoke).not.toHaveBeenCalled();
  });

  it('open the chosen file', async () => {
    invoke.mockResolvedValueOnce({ ok: true, value: { path: '/x/a.pcap', paths: ['/x/a.pcap'] } });
    runCommand('file.open');
    await vi.waitFor(() => expect(invoke).toHaveBeenCalledWith('capture:open', { path: '/x/a.pcap' }));
    await vi.waitFor(() => expect(useSession.getState().openingPath).toBeNull());
  });

  it('keep the failure of a file that cannot be opened', async () => {
    invoke.mockResolvedValueOnce({ ok: true, value: { path: '/x/a.png', paths: ['/x/a.png'] } });
    invoke.mockResolvedValueOnce({ ok: false, error: { code: 'not-a-capture', message: 'A picture.' } });
    runCommand('file.open');
    await vi.waitFor(() =>
      expect(useSession.getState().failure).toEqual({
        path: '/x/a.png',
        failure: { code: 'not-a-capture', message: 'A picture.' },
      }),
    );
  });

  it('export what was selected last', async () => {
    useSession.setState({ capture: { captureId: 'c1' } as never });
    selectionActions.selectCall('call-1', ['s1']);
    runCommand('export.mp4');
    expect(invoke).toHaveBeenLastCalledWith('export:start', { captureId: 'c1', sourceId: 'call-1', format: 'mp4' });
    runCommand('export.raw');
    expect(invoke).toHaveBeenLastCalledWith('export:start', { captureId: 'c1', sourceId: 's1', format: 'raw' });
    const formats = (subject: ExportSubject): string[] => exportChoices(subject).map(({ format }) => format);
    expect(formats('call')).toEqual(['wav', 'mp4', 'au', 'pcap']);
    expect(formats('stream')).toEqual(['wav', 'au', 'mp4', 'raw', 'rtpdump', 'sdp', 'pcap']);
    const video = ['mp4', 'mkv', 'webm', 'png', 'jpg', 'raw', 'csv', 'srt', 'vtt', 'rtpdump', 'sdp', 'pcap'];
    expect(formats('video')).toEqual(video);
    expect(formats('object')).toEqual(['original', 'pcap']);
    expect(formats({ kind: 'camera', media: 'video' })).toEqual(['mp4', 'mkv', 'jpg', 'csv', 'pcap']);
    expect(formats({ kind: 'rtmp', media: 'video' })).toEqual([
      ...['mp4', 'flv', 'mkv', 'webm', 'wav', 'png', 'csv', 'pcap'],
    ]);
    expect(formats({ kind: 'http-stream', media: 'audio' })).toEqual(['original', 'wav', 'mp4', 'pcap']);
    expect(formats({ kind: 'rtsp', media: 'video' })).toEqual(['pcap']);
    expect(formats({ kind: 'tls', media: null })).toEqual(['pcap']);
  });

  it('start and stop the player, with what is selected when it is empty', () => {
    selectionActions.selectStream('s1', null);
    runCommand('playback.toggle');
    expect(usePlayhead.getState()).toMatchObject({ sourceId: 's1', isPlaying: true });
    runCommand('playback.toggle');
    expect(usePlayhead.getState().isPlaying).toBe(false);
    playheadActions.moved(7);
    runCommand('playback.back');
    expect(usePlayhead.getState()).toMatchObject({ seconds: 2, seek: { origin: 'command' } });
  });

  it('change the theme here and in the main process', () => {
    runCommand('view.theme-light');
    expect(useLayout.getState().theme).toBe('light');
    expect(invoke).toHaveBeenLastCalledWith('app:set-theme', { theme: 'light' });
    layoutActions.setTheme('dark');
  });
});

describe('accelerators', () => {
  it('match the keys, all modifiers and no others', () => {
    expect(matchesAccelerator('CmdOrCtrl+O', press('o', { ctrlKey: true }), false)).toBe(true);
    expect(matchesAccelerator('CmdOrCtrl+O', press('o', { metaKey: true }), true)).toBe(true);
    expect(matchesAccelerator('CmdOrCtrl+O', press('O', { ctrlKey: true, shiftKey: true }), false)).toBe(false);
    expect(matchesAccelerator('CmdOrCtrl+Shift+E', press('E', { ctrlKey: true, shiftKey: true }), false)).toBe(true);
    expect(matchesAccelerator('Space', press(' '), false)).toBe(true);
    expect(matchesAccelerator('J', press('j', { altKey: true }), false)).toBe(false);
    expect(matchesAccelerator('CmdOrCtrl+.', press('.', { ctrlKey: true }), false)).toBe(true);
  });

  it('are written as people write them', () => {
    expect(shortcutLabel('CmdOrCtrl+Shift+E', false)).toBe('Ctrl+Shift+E');
    expect(shortcutLabel('CmdOrCtrl+Shift+E', true)).toBe('⇧⌘E');
    expect(shortcutLabel('Space', false)).toBe('Space');
  });

  it('without a modifier leave text fields and buttons alone', () => {
    document.body.innerHTML = '<input id="i"><button id="b"></button><div id="d" role="grid" tabindex="0"></div>';
    const element = (id: string) => document.getElementById(id);
    expect(isTakenByTarget('J', element('i'))).toBe(true);
    expect(isTakenByTarget('CmdOrCtrl+O', element('i'))).toBe(false);
    expect(isTakenByTarget('F1', element('i'))).toBe(false);
    expect(isTakenByTarget('Space', element('b'))).toBe(true);
    expect(isTakenByTarget('J', element('b'))).toBe(false);
    expect(isTakenByTarget('Space', element('d'))).toBe(false);
  });
});
