import { SegmentedControl, Tabs } from '@mantine/core';
import { useState } from 'react';
import type { ConversationCounts } from '#shared/model/capture';
import type { ConversationKind } from '#shared/model/conversation';
import { useSession } from '../../stores/session';
import type { TableRow } from '#shared/query/table-query';
import { canFollow, followConversation, showPackets } from '../../app/commands';
import type { RenderCell, RowMenuItem } from '../../widgets/DataGrid';
import { dialogActions } from '../../stores/dialogs';
import { formatInteger } from '../../widgets/format';
import { BoundGrid } from '../table/BoundGrid';
import { NothingFound } from '../table/NothingFound';
import styles from './conversations.module.css';

const kinds: readonly { readonly id: ConversationKind; readonly title: string }[] = [
  { id: 'ethernet', title: 'Ethernet' },
  { id: 'wlan', title: 'WLAN' },
  { id: 'ipv4', title: 'IPv4' },
  { id: 'ipv6', title: 'IPv6' },
  { id: 'tcp', title: 'TCP' },
  { id: 'udp', title: 'UDP' },
  { id: 'sctp', title: 'SCTP' },
];

type View = 'conversations' | 'endpoints';

/** One tab a kind that has rows; at first the transport with the most conversations. */
export function ConversationsPanel() {
  const counts = useSession((state) => state.capture?.counts.conversations);
  const [chosen, setChosen] = useState<ConversationKind | null>(null);
  const [view, setView] = useState<View>('conversations');
  const filled = kinds.filter(({ id }) => (counts?.[id] ?? 0) > 0);
  if (!counts || filled.length === 0) {
    return (
      <div className={styles.empty}>
        <NothingFound
          title="No conversations"
          lookedFor="Looked for Ethernet, IPv4, IPv6, TCP, UDP and SCTP in every packet."
        />
      </div>
    );
  }
  const shown = filled.find(({ id }) => id === chosen)?.id ?? busiest(counts) ?? filled[0].id;
  return (
    <Tabs
      value={shown}
      onChange={(value) => setChosen(value as ConversationKind)}
      variant="default"
      keepMounted={false}
      classNames={{ root: styles.root, list: styles.list, tab: styles.tab, panel: styles.panel }}
    >
      <Tabs.List aria-label="Kinds of conversations">
        {filled.map(({ id, title }) => (
          <Tabs.Tab key={id} value={id} data-testid={`conversations-${id}`}>
            {title} <span className={styles.count}>{formatInteger(counts[id])}</span>
          </Tabs.Tab>
        ))}
        <SegmentedControl
          className={styles.view}
          aria-label="Pairs or single ends"
          value={view}
          onChange={(value) => setView(value as View)}
          data={[
            { value: 'conversations', label: 'Conversations' },
            { value: 'endpoints', label: 'Endpoints' },
          ]}
        />
      </Tabs.List>
      {filled.map(({ id }) => (
        <Tabs.Panel key={id} value={id}>
          <BoundGrid
            key={view}
            table={`${view}.${id}`}
            filterHint="Filter: address:10.0.* bytes>1000"
            renderCell={renderPort}
            rowMenu={view === 'conversations' ? conversationMenu : endpointMenu}
            onOpen={(row) => showPackets(view === 'conversations' ? filterOf(row) : endpointFilter(row))}
            emptyMessage={<NothingFound title="No conversations" lookedFor="None of this kind." />}
          />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function busiest(counts: ConversationCounts): ConversationKind | null {
  const transports = (['udp', 'tcp', 'sctp'] as const).filter((kind) => counts[kind] > 0);
  return transports.sort((a, b) => counts[b] - counts[a])[0] ?? null;
}

/** Transport conversations have an id that packets know; of the others both addresses must be there. */
function filterOf({ id, kind, addressA, addressB }: TableRow): string {
  if (kind === 'tcp' || kind === 'udp' || kind === 'sctp') return `conversation:${id}`;
  const field = kind === 'ipv4' || kind === 'ipv6' ? 'host' : 'mac';
  return `${field}="${String(addressA)}" ${field}="${String(addressB)}"`;
}

function conversationMenu([row]: readonly TableRow[]): RowMenuItem[] {
  if (!row) return [];
  return [
    { id: 'packets', label: 'Show Packets', icon: 'packets', run: () => showPackets(filterOf(row)) },
    {
      id: 'follow',
      label: 'Follow Stream',
      icon: 'conversation',
      isDisabled: !canFollow(row.id),
      run: () => canFollow(row.id) && followConversation(row.id),
    },
    ...(row.kind === 'udp'
      ? [
          {
            id: 'decode-as',
            label: 'Decode As…',
            startsSection: true,
            run: () => dialogActions.show('decode-as', endOf(row.addressA, row.portA)),
          },
        ]
      : []),
  ];
}

/** As streams write it: `192.0.2.1:5004`, `[2001:db8::1]:5004`. */
function endOf(address: unknown, port: unknown): string {
  const text = String(address);
  return `${text.includes(':') ? `[${text}]` : text}:${String(port)}`;
}

function endpointFilter({ kind, address, port }: TableRow): string {
  const field = kind === 'ethernet' || kind === 'wlan' ? 'mac' : 'host';
  return `${field}="${String(address)}"${typeof port === 'number' ? ` port:${port}` : ''}`;
}

function endpointMenu([row]: readonly TableRow[]): RowMenuItem[] {
  if (!row) return [];
  return [{ id: 'packets', label: 'Show Packets', icon: 'packets', run: () => showPackets(endpointFilter(row)) }];
}

/** A port names something: its digits stay together. */
const renderPort: RenderCell = (column, row) =>
  column.id.startsWith('port') && row[column.id] !== null ? String(row[column.id]) : undefined;
