import { MantineProvider } from '@mantine/core';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialogActions } from '../stores/dialogs';
import { jobsActions } from '../stores/jobs';
import { selectionActions } from '../stores/selection';
import { useSession } from '../stores/session';
import '../testing/dom';
import { ReplayDialog } from './ReplayDialog';

const asked: [string, unknown][] = [];
const job = { id: 'j', title: 'Replay', state: 'running', progress: 0.5, error: null, artifact: null } as const;

beforeEach(() => {
  asked.length = 0;
  const invoke = async (name: string, input: unknown) => {
    asked.push([name, input]);
    if (name === 'stream:detail') {
      return { ok: true, value: { id: 's1', codec: 'PCMU', src: '10.0.0.1:4000', dst: '10.0.0.2:6100', packets: 9 } };
    }
    if (name !== 'replay:start') return { ok: true, value: null };
    const { target } = input as { target: string };
    if (target === 'nonsense') return { ok: false, error: { code: 'bad-target', message: 'no address to send to' } };
    return { ok: true, value: { jobId: 'j' } };
  };
  Object.assign(window, { tapdeck: { invoke, on: () => () => {}, pathForFile: () => '' } });
  useSession.setState({ capture: { captureId: 'c', packets: 1 } as never });
  selectionActions.selectStream('s1', null);
  dialogActions.show('replay');
});

afterEach(() => {
  cleanup();
  dialogActions.close();
});

describe('ReplayDialog', () => {
  it('sends to the port of the capture on this machine, and stops', async () => {
    render(
      <MantineProvider env="test">
        <ReplayDialog />
      </MantineProvider>,
    );
    const target = (await screen.findByLabelText('Send to')) as HTMLInputElement;
    expect(target.value).toBe('127.0.0.1:6100');
    fireEvent.change(target, { target: { value: 'nonsense' } });
    fireEvent.submit(screen.getByLabelText('Replay'));
    expect(await screen.findByText('no address to send to')).toBeTruthy();
    fireEvent.change(target, { target: { value: '127.0.0.1:5004' } });
    fireEvent.click(screen.getByLabelText('Begin again at the end'));
    fireEvent.submit(screen.getByLabelText('Replay'));
    const started = { captureId: 'c', streamId: 's1', target: '127.0.0.1:5004', speed: 1, isLooping: true };
    await waitFor(() => expect(asked).toContainEqual(['replay:start', started]));
    act(() => jobsActions.changed(job));
    const stop = await screen.findByRole('button', { name: 'Stop' });
    await waitFor(() => expect((stop as HTMLButtonElement).disabled).toBe(false));
    fireEvent.click(stop);
    await waitFor(() => expect(asked).toContainEqual(['export:cancel', { jobId: 'j' }]));
  });
});
