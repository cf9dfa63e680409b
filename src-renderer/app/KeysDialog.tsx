import { Button, Modal, PasswordInput, Table, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { FailureMessage } from '#shared/ipc/contract';
import type { WlanNetworkRow, WlanState } from '#shared/model/wlan';
import { invoke, useQuery } from '../bridge';
import { dialogActions, useDialogs } from '../stores/dialogs';
import { useCaptureId, useSession } from '../stores/session';
import { TlsKeys } from './TlsKeys';

const stateTitles: Readonly<Record<WlanState, string>> = {
  open: 'not encrypted',
  decrypted: 'decrypted',
  'partly-decrypted': 'partly decrypted',
  'no-key': 'needs a key',
  'wrong-key': 'wrong key',
  'no-handshake': 'handshake missing',
  unsupported: 'cannot be decrypted',
};

/** What of the capture can be decrypted, and where keys are given: wireless networks, TLS. */
export function KeysDialog() {
  const isOpen = useDialogs((state) => state.open === 'keys');
  return (
    <Modal opened={isOpen} onClose={dialogActions.close} title="Decryption Keys" size="xl">
      {isOpen && <Keys />}
    </Modal>
  );
}

function Keys() {
  const captureId = useCaptureId();
  // While the capture is read, what is known of its networks grows.
  const packets = useSession((state) => state.capture?.packets ?? 0);
  const query = useQuery('capture:wlan-networks', captureId === null ? null : { captureId }, packets);
  const networks = query.value ?? [];
  if (captureId === null) return null;
  return (
    <>
      <section aria-label="Wireless networks">
        <Title order={4}>Wireless networks</Title>
        {networks.length === 0 ? (
          <p>No 802.11 networks were found in this capture.</p>
        ) : (
          <>
            <NetworkTable networks={networks} />
            <KeyForm captureId={captureId} networks={networks} />
          </>
        )}
      </section>
      <TlsKeys captureId={captureId} packets={packets} />
    </>
  );
}

function NetworkTable({ networks }: { readonly networks: readonly WlanNetworkRow[] }) {
  return (
    <Table aria-label="Wireless networks">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Network</Table.Th>
          <Table.Th>Security</Table.Th>
          <Table.Th>Stations</Table.Th>
          <Table.Th>Decrypted</Table.Th>
          <Table.Th>State</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {networks.map((network) => (
          <Table.Tr key={network.bssid}>
            <Table.Td title={network.bssid}>{network.ssid ?? network.bssid}</Table.Td>
            <Table.Td>{network.security ?? 'unknown'}</Table.Td>
            <Table.Td>{network.stations.length}</Table.Td>
            <Table.Td>
              {network.decryptedFrames} of {network.protectedFrames}
            </Table.Td>
            <Table.Td>
              <strong>{stateTitles[network.state]}</strong>
              <br />
              {network.explanation}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function KeyForm({
  captureId,
  networks,
}: {
  readonly captureId: string;
  readonly networks: readonly WlanNetworkRow[];
}) {
  const [typedName, setName] = useState<string | null>(null);
  const [secret, setSecret] = useState('');
  const [failure, setFailure] = useState<FailureMessage | null>(null);
  const [isBusy, setBusy] = useState(false);
  // The network that needs a key is the one that is meant, until another name is typed.
  const wanting = networks.find(({ state }) => state === 'no-key' || state === 'wrong-key');
  const name = typedName ?? wanting?.ssid ?? '';

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    const result = await invoke('capture:add-wlan-key', { captureId, key: `${name}:${secret}` });
    setBusy(false);
    setFailure(result.ok ? null : result.error);
    if (result.ok) setSecret('');
  };

  return (
    <form onSubmit={(event) => void submit(event)}>
      <TextInput
        label="Network name (SSID)"
        description="Empty: any network."
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <PasswordInput
        label="Passphrase"
        description="8 to 63 characters, or a key of 64 hexadecimal digits. Kept in memory until Tapdeck ends."
        value={secret}
        error={failure?.message}
        autoComplete="off"
        onChange={(event) => setSecret(event.currentTarget.value)}
      />
      <Button type="submit" mt="sm" loading={isBusy} disabled={secret === ''}>
        Decrypt
      </Button>
    </form>
  );
}
