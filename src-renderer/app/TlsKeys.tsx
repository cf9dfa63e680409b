import { Alert, Button, Table, Title } from '@mantine/core';
import { useState } from 'react';
import type { FailureMessage } from '#shared/ipc/contract';
import type { TlsSummary } from '#shared/model/tls';
import { invoke, useQuery } from '../bridge';

interface TlsKeysProps {
  readonly captureId: string;
  /** Grows while the capture is read. */
  readonly packets: number;
}

/** What of the capture's TLS is decrypted, by which secrets, and where a key log is chosen. */
export function TlsKeys({ captureId, packets }: TlsKeysProps) {
  const { value: summary } = useQuery('capture:tls-summary', { captureId }, packets);
  const [failure, setFailure] = useState<FailureMessage | null>(null);
  const [isBusy, setBusy] = useState(false);

  const choose = async (): Promise<void> => {
    setBusy(true);
    const result = await invoke('capture:add-key-log', { captureId });
    setBusy(false);
    setFailure(result.ok ? null : result.error);
  };

  return (
    <section aria-label="TLS">
      <Title order={4} mt="lg">
        TLS
      </Title>
      {summary && <p>{sentence(summary)}</p>}
      {summary && summary.closed.length > 0 && <ClosedTable closed={summary.closed} />}
      {failure && (
        <Alert color="red" mt="sm" title={failure.message}>
          {failure.hint}
        </Alert>
      )}
      <Button mt="sm" loading={isBusy} onClick={() => void choose()}>
        Choose Key Log…
      </Button>
      <p>
        A file that SSLKEYLOGFILE names (NSS key log format). It is read, not copied; its name is kept in memory until
        Tapdeck ends.
      </p>
    </section>
  );
}

function sentence({ connections, decrypted, keyLogSecrets, captureSecrets }: TlsSummary): string {
  if (connections === 0) return 'No TLS was found in this capture.';
  const opened = `${decrypted} of ${count(connections, 'connection is', 'connections are')} decrypted.`;
  const read = `${count(keyLogSecrets, 'secret was', 'secrets were')} read from key logs`;
  if (captureSecrets === 0) return `${opened} ${read}.`;
  return `${opened} ${read}, ${captureSecrets} from the capture itself (Decryption Secrets Blocks), which are used without being asked for.`;
}

const count = (number: number, one: string, several: string): string => `${number} ${number === 1 ? one : several}`;

function ClosedTable({ closed }: Pick<TlsSummary, 'closed'>) {
  return (
    <Table aria-label="TLS that is not decrypted">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Connections</Table.Th>
          <Table.Th>State</Table.Th>
          <Table.Th>Why</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {closed.map((row) => (
          <Table.Tr key={row.state}>
            <Table.Td>{row.count}</Table.Td>
            <Table.Td>
              <strong>{row.state}</strong>
            </Table.Td>
            <Table.Td>{row.explanation}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
