import '../../testing/dom';
import { MantineProvider } from '@mantine/core';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ok } from '#shared/base/result';
import type { CommandName } from '#shared/ipc/contract';
import type { Ladder, LadderItem } from '#shared/model/call';
import type { CaptureSummary } from '#shared/model/capture';
import { usePlayhead } from '../../stores/playhead';
import { selectionActions, useSelection } from '../../stores/selection';
import { sessionActions } from '../../stores/session';
import { CallFlowPanel } from './CallFlowPanel';

const ends = { fromHost: 0, toHost: 1, fromPort: 5060, toPort: 5060 };
const items: LadderItem[] = [
  {
    kind: 'message',
    id: 'm1',
    frame: 3,
    timeSeconds: 1,
    ...ends,
    label: 'INVITE',
    detail: '',
    dialog: 0,
    isRetransmission: false,
  },
  {
    kind: 'media',
    id: 'l2',
    streamId: 's1',
    frame: 9,
    timeSeconds: 2,
    endSeconds: 8,
    ...ends,
    label: 'RTP PCMU',
    detail: '',
  },
  {
    kind: 'message',
    id: 'm3',
    frame: 40,
    timeSeconds: 9,
    ...ends,
    label: 'BYE',
    detail: '',
    dialog: 0,
    isRetransmission: false,
  },
];
const ladder: Ladder = {
  callId: 'call-1',
  hosts: [
    { address: '192.0.2.1', label: '' },
    { address: '192.0.2.2', label: '' },
  ],
  dialogs: [{ callId: 'a@b' }],
  items,
};

beforeEach(async () => {
  vi.stubGlobal('tapdeck', {
    invoke: (name: CommandName) => Promise.resolve(name === 'call:ladder' ? ok(ladder) : ok(null)),
  });
  sessionActions.opened({ captureId: 'c1', state: 'complete' } as CaptureSummary);
  selectionActions.clear();
  selectionActions.selectCall('call-1', ['s1']);
  await act(async () => {
    render(
      <MantineProvider>
        <CallFlowPanel />
      </MantineProvider>,
    );
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function marked(): string | undefined {
  return screen.getAllByRole('option').find((option) => option.getAttribute('aria-selected') === 'true')?.dataset
    .ladderItem;
}

describe('CallFlowPanel', () => {
  it('selects a message and takes the playhead to it', () => {
    fireEvent.keyDown(screen.getByRole('listbox'), { key: 'End' });
    expect(useSelection.getState()).toMatchObject({ messageId: 'm3', frame: 40, callId: 'call-1' });
    expect(usePlayhead.getState().seek).toMatchObject({ origin: 'ladder', seconds: 9 });
    expect(marked()).toBe('m3');
  });

  it('passes a media bar with the keyboard and opens its stream with Enter', () => {
    const listbox = screen.getByRole('listbox');
    fireEvent.keyDown(listbox, { key: 'Home' });
    fireEvent.keyDown(listbox, { key: 'ArrowDown' });
    expect(marked()).toBe('l2');
    expect(useSelection.getState().primary).toBe('call');
    expect(usePlayhead.getState().seconds).toBe(2);
    fireEvent.keyDown(listbox, { key: 'Enter' });
    expect(useSelection.getState()).toMatchObject({ primary: 'stream', streamId: 's1', callId: 'call-1' });
  });

  it('counts what it shows', () => {
    expect(screen.getByText('2 messages, 1 stream')).toBeTruthy();
  });
});
