import '../../testing/dom';
import { MantineProvider } from '@mantine/core';
import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fail } from '#shared/base/result';
import type { CommandName, TapdeckBridge } from '#shared/ipc/contract';
import type { CaptureSummary } from '#shared/model/capture';
import { playheadActions } from '../../stores/playhead';
import { sessionActions } from '../../stores/session';
import { PlayerPanel } from './PlayerPanel';

const capture = { captureId: 'c1', state: 'complete' } as CaptureSummary;
const invoke = vi.fn();

beforeEach(() => {
  vi.stubGlobal('tapdeck', {
    invoke: (name: CommandName, input: object) => invoke(name, input),
  } as unknown as TapdeckBridge);
  playheadActions.reset();
  sessionActions.opened(capture);
});
afterEach(() => {
  cleanup();
  invoke.mockReset();
  vi.unstubAllGlobals();
});

function state(): string | undefined {
  return screen.getByTestId('player').dataset.state;
}

const show = () =>
  render(
    <MantineProvider>
      <PlayerPanel />
    </MantineProvider>,
  );

describe('PlayerPanel', () => {
  it('renders nothing before something is asked for', () => {
    show();
    expect(state()).toBe('empty');
    expect(invoke).not.toHaveBeenCalled();
  });

  it('says that it prepares the sound, and why it cannot', async () => {
    let answer: (result: unknown) => void = () => {};
    invoke.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    show();
    act(() => playheadActions.load('call-1'));
    expect(state()).toBe('loading');
    expect(invoke).toHaveBeenCalledWith('media:player', { captureId: 'c1', sourceId: 'call-1' });
    await act(async () => answer(fail('encrypted', 'The media is encrypted.', { hint: 'Its keys are not known.' })));
    expect(state()).toBe('failed');
    expect(screen.getByRole('status').textContent).toContain('The media is encrypted. Its keys are not known.');
  });
});
