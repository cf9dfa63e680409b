import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TlsSummary } from '#shared/model/tls';
import type { WlanNetworkRow } from '#shared/model/wlan';
import { dialogActions } from '../stores/dialogs';
import { useSession } from '../stores/session';
import '../testing/dom';
import { KeysDialog } from './KeysDialog';

const network: WlanNetworkRow = {
  bssid: '02:00:00:00:00:01',
  ssid: 'camera',
  security: 'WPA2-PSK (CCMP)',
  state: 'no-key',
  explanation: 'No key was given.',
  firstFrame: 1,
  protectedFrames: 12,
  decryptedFrames: 0,
  stations: [],
};
const summary: TlsSummary = {
  keyLogSecrets: 1,
  captureSecrets: 4,
  connections: 3,
  decrypted: 2,
  closed: [{ state: 'no key', count: 1, explanation: 'No key log has a secret for their client random.' }],
};
const added: unknown[] = [];

beforeEach(() => {
  added.length = 0;
  const invoke = async (name: string, input: unknown) => {
    if (name === 'capture:wlan-networks') return { ok: true, value: [network] };
    if (name === 'capture:tls-summary') return { ok: true, value: summary };
    if (name === 'capture:add-key-log') {
      added.push(input);
      return { ok: false, error: { code: 'bad-key-log', message: 'notes.txt holds no secrets of TLS.' } };
    }
    added.push(input);
    return { ok: false, error: { code: 'bad-wlan-key', message: 'A passphrase has 8 to 63 characters.' } };
  };
  Object.assign(window, { tapdeck: { invoke, on: () => () => {}, pathForFile: () => '' } });
  useSession.setState({ capture: { captureId: 'c', packets: 1 } as never });
  dialogActions.show('keys');
});

afterEach(() => {
  cleanup();
  dialogActions.close();
});

describe('KeysDialog', () => {
  it('shows what keeps a network closed, and gives its key', async () => {
    render(
      <MantineProvider env="test">
        <KeysDialog />
      </MantineProvider>,
    );
    expect(await screen.findByText('needs a key')).toBeTruthy();
    expect(screen.getByText('0 of 12')).toBeTruthy();
    expect(screen.getByLabelText<HTMLInputElement>(/Network name/).value).toBe('camera');
    fireEvent.change(screen.getByLabelText(/^Passphrase/), { target: { value: 'short' } });
    fireEvent.click(screen.getByRole('button', { name: 'Decrypt' }));
    await waitFor(() => expect(added).toEqual([{ captureId: 'c', key: 'camera:short' }]));
    expect(await screen.findByText('A passphrase has 8 to 63 characters.')).toBeTruthy();
  });

  it('says what of TLS is open and what is not, and asks for a key log', async () => {
    render(
      <MantineProvider env="test">
        <KeysDialog />
      </MantineProvider>,
    );
    expect(
      await screen.findByText(/2 of 3 connections are decrypted. 1 secret was read from key logs, 4 from/),
    ).toBeTruthy();
    expect(screen.getByText('no key')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Choose Key Log…' }));
    expect(await screen.findByText('notes.txt holds no secrets of TLS.')).toBeTruthy();
    expect(added).toEqual([{ captureId: 'c' }]);
  });
});
