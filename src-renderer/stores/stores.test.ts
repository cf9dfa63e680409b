import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '#shared/model/artifact';
import type { CaptureSummary } from '#shared/model/capture';
import { jobsActions, runningJobs, useJobs } from './jobs';
import { layoutActions, useLayout } from './layout';
import { playheadActions, usePlayhead } from './playhead';
import { selectedSourceId, selectionActions, useSelection } from './selection';
import { sessionActions, useSession } from './session';

const capture: CaptureSummary = {
  captureId: 'c1',
  path: '/x/a.pcap',
  name: 'a.pcap',
  format: 'pcap',
  bytes: 10,
  sha256: null,
  packets: 1,
  duplicateFrames: 0,
  firstTime: null,
  durationSeconds: 0,
  linkTypes: [],
  complete: false,
  state: 'loading',
  counts: {
    calls: 0,
    streams: 0,
    sessions: 0,
    objects: 0,
    diagnostics: 0,
    conversations: { ethernet: 0, wlan: 0, ipv4: 0, ipv6: 0, tcp: 0, udp: 0, sctp: 0 },
  },
  facts: { variant: '', sections: [], interfaces: [], commentedFrames: 0, names: 0, secrets: [], dropped: null },
  files: [],
  compression: null,
  following: false,
};

beforeEach(() => {
  selectionActions.clear();
  playheadActions.reset();
  useSession.setState({ capture: null, progress: null, openingPath: null, failure: null, revisions: {} });
  useJobs.setState({ jobs: [] });
});

describe('selection', () => {
  it('takes the first stream of a call, or keeps the one that belongs to it', () => {
    selectionActions.selectCall('call-1', ['s1', 's2']);
    expect(useSelection.getState()).toMatchObject({ callId: 'call-1', streamId: 's1', primary: 'call' });
    selectionActions.selectStream('s2', 'call-1');
    expect(selectedSourceId(useSelection.getState())).toBe('s2');
    selectionActions.selectCall('call-1', ['s1', 's2']);
    expect(useSelection.getState().streamId).toBe('s2');
    expect(selectedSourceId(useSelection.getState())).toBe('call-1');
  });

  it('drops a message of another call', () => {
    selectionActions.selectCall('call-1', []);
    selectionActions.selectMessage('m1', 7);
    selectionActions.selectCall('call-1', []);
    expect(useSelection.getState()).toMatchObject({ messageId: 'm1', frame: 7 });
    selectionActions.selectCall('call-2', []);
    expect(useSelection.getState()).toMatchObject({ messageId: null, frame: null, streamId: null });
  });
});

describe('playhead', () => {
  it('tells every jump apart, also one to the same place', () => {
    const seen = vi.fn();
    const stop = usePlayhead.subscribe((now, before) => now.seek.serial !== before.seek.serial && seen(now.seek));
    playheadActions.seek('timeline', 3);
    playheadActions.seek('chart', 3);
    playheadActions.moved(4);
    stop();
    expect(seen.mock.calls.map(([seek]) => [seek.origin, seek.seconds])).toEqual([
      ['timeline', 3],
      ['chart', 3],
    ]);
    expect(usePlayhead.getState().seconds).toBe(4);
  });

  it('never lies before the capture', () => {
    playheadActions.seek('command', -5);
    expect(usePlayhead.getState().seconds).toBe(0);
  });

  it('stops what plays when something else is loaded, and cannot start without anything', () => {
    playheadActions.toggle();
    expect(usePlayhead.getState().isPlaying).toBe(false);
    playheadActions.play('call-1');
    playheadActions.load('call-1');
    expect(usePlayhead.getState().isPlaying).toBe(true);
    playheadActions.load('call-2');
    expect(usePlayhead.getState()).toMatchObject({ sourceId: 'call-2', isPlaying: false });
  });
});

describe('session', () => {
  it('shows the capture that was opened last and forgets its failure', () => {
    sessionActions.failed('/x/bad', { code: 'not-a-capture', message: 'No.' });
    expect(useSession.getState()).toMatchObject({ openingPath: null, failure: { path: '/x/bad' } });
    sessionActions.opened(capture);
    expect(useSession.getState()).toMatchObject({ capture, failure: null });
  });

  it('keeps what was read when something fails, in the state that its summary tells', () => {
    sessionActions.opened({ ...capture, state: 'complete' });
    sessionActions.failed(capture.path, { code: 'hash-failed', message: 'Gone.' });
    expect(useSession.getState()).toMatchObject({
      capture: { state: 'complete' },
      failure: { failure: { code: 'hash-failed' } },
    });
    sessionActions.summarised({ ...capture, state: 'failed' });
    expect(useSession.getState().capture?.state).toBe('failed');
  });

  it('listens to its own capture only', () => {
    sessionActions.opened(capture);
    sessionActions.tablesChanged('other', ['calls']);
    sessionActions.closed('other');
    sessionActions.summarised({ ...capture, captureId: 'other', packets: 99 });
    expect(useSession.getState().revisions).toEqual({});
    expect(useSession.getState().capture?.packets).toBe(1);
    sessionActions.tablesChanged('c1', ['calls', 'streams']);
    expect(useSession.getState().revisions).toEqual({ calls: 1, streams: 1 });
    sessionActions.closed('c1');
    expect(useSession.getState().capture).toBeNull();
  });
});

describe('jobs', () => {
  const job = (id: string, state: Job['state']): Job => ({
    id,
    title: id,
    state,
    progress: null,
    error: null,
    artifact: null,
  });

  it('keeps the newest first and changes them in place', () => {
    jobsActions.changed(job('a', 'running'));
    jobsActions.changed(job('b', 'running'));
    jobsActions.changed(job('a', 'done'));
    expect(useJobs.getState().jobs.map(({ id, state }) => [id, state])).toEqual([
      ['b', 'running'],
      ['a', 'done'],
    ]);
    expect(runningJobs(useJobs.getState())).toBe(1);
    jobsActions.dismissed('a');
    expect(useJobs.getState().jobs).toHaveLength(1);
  });
});

describe('layout', () => {
  it('is remembered across starts, and survives a damaged memory', async () => {
    layoutActions.setTheme('light');
    layoutActions.setGrid('calls', { order: ['from'], widths: { from: 99 } });
    vi.resetModules();
    const again = await import('./layout');
    expect(again.useLayout.getState()).toMatchObject({
      theme: 'light',
      grids: { calls: { order: ['from'], widths: { from: 99 } } },
    });
    localStorage.setItem('tapdeck.layout.1', '{');
    vi.resetModules();
    const fresh = await import('./layout');
    expect(fresh.useLayout.getState()).toMatchObject({ theme: 'dark', dock: null, grids: {} });
  });

  it('tells every wish to show a panel apart', () => {
    layoutActions.reveal('calls');
    const first = useLayout.getState().reveal;
    layoutActions.reveal('calls');
    expect(useLayout.getState().reveal.serial).toBe(first.serial + 1);
  });
});
