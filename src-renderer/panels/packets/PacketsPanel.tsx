import { Checkbox } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { TableRow } from '#shared/query/table-query';
import { canFollow, followConversation } from '../../app/commands';
import { invoke } from '../../bridge';
import { layoutActions } from '../../stores/layout';
import { packetsActions, usePackets } from '../../stores/packets';
import { playheadActions } from '../../stores/playhead';
import { selectionActions, useSelection } from '../../stores/selection';
import { useCaptureId } from '../../stores/session';
import type { RenderCell, RowMenuItem, RowQuery } from '../../widgets/DataGrid';
import { BoundGrid } from '../table/BoundGrid';
import { NothingFound } from '../table/NothingFound';
import styles from './packets.module.css';
import { useFrameAtPlayhead } from './use-frame-at-playhead';

/** Every frame of the capture, read from the file as it comes into view. */
export function PacketsPanel() {
  const captureId = useCaptureId();
  const frame = useSelection((state) => state.frame);
  const request = usePackets((state) => state.request);
  const isFollowing = usePackets((state) => state.isFollowingPlayhead);
  const [query, setQuery] = useState<RowQuery>({});
  const followed = useFrameAtPlayhead(captureId, query, isFollowing);
  const shown = isFollowing && followed !== null ? followed : frame;

  const locateRow = useCallback(
    async (id: string, { sort, filter }: RowQuery): Promise<number | null> => {
      if (captureId === null) return null;
      const answer = await invoke('packet:locate', { captureId, target: { frame: Number(id) }, sort, filter });
      return answer.ok ? (answer.value?.index ?? null) : null;
    },
    [captureId],
  );

  return (
    <BoundGrid
      table="packets"
      selectedId={shown === null ? null : String(shown)}
      locateRow={locateRow}
      onQueryChange={setQuery}
      filterRequest={request}
      filterHint="Filter: protocol:sip src:10.0.* port:5060"
      renderCell={renderCell}
      onSelect={selectPacket}
      onOpen={() => layoutActions.reveal('packet-detail', { focus: true })}
      rowMenu={packetMenu}
      toolbarExtra={
        <Checkbox
          size="xs"
          label="Follow playhead"
          checked={isFollowing}
          onChange={(event) => packetsActions.setFollowingPlayhead(event.currentTarget.checked)}
        />
      }
      emptyMessage={<NothingFound title="No packets" lookedFor="The file holds no packet records." />}
    />
  );
}

function selectPacket(row: TableRow): void {
  selectionActions.selectFrame(Number(row.number));
  playheadActions.seek('table', Number(row.timeSeconds));
  layoutActions.reveal('packet-detail');
}

function packetMenu([row]: readonly TableRow[]): RowMenuItem[] {
  if (!row) return [];
  const { source, destination, conversation, stream, call } = row;
  const filter = (id: string, label: string, text: string | null): RowMenuItem => ({
    id,
    label,
    icon: 'filter',
    isDisabled: text === null,
    run: () => text !== null && packetsActions.filter(text),
  });
  const link = (name: string, value: unknown): string | null => (typeof value === 'string' ? `${name}:${value}` : null);
  return [
    { id: 'open', label: 'Show Layers and Bytes', icon: 'packet', run: () => openPacket(row) },
    {
      id: 'follow',
      label: 'Follow Stream',
      icon: 'conversation',
      isDisabled: !canFollow(conversation),
      run: () => canFollow(conversation) && followConversation(conversation),
    },
    {
      ...filter('conversation', 'Packets of This Conversation', link('conversation', conversation)),
      startsSection: true,
    },
    filter('stream', 'Packets of This RTP Stream', link('stream', stream)),
    filter('call', 'Packets of This Call', link('call', call)),
    filter(
      'hosts',
      'Packets Between These Hosts',
      source && destination ? `host="${String(source)}" host="${String(destination)}"` : null,
    ),
    filter('all', 'All Packets', ''),
  ];
}

function openPacket(row: TableRow): void {
  selectPacket(row);
  layoutActions.reveal('packet-detail', { focus: true });
}

/** Colours by kind, beside the name: media, signalling, other. */
const protocolColours: Readonly<Record<string, string>> = {
  RTP: 'var(--td-audio)',
  RTCP: 'var(--td-silence)',
  SIP: 'var(--td-call)',
  DNS: 'var(--td-dtmf)',
  TCP: 'var(--td-restart)',
};

const renderCell: RenderCell = (column, row) => {
  if (column.id !== 'protocol') return undefined;
  const name = String(row.protocol);
  return (
    <span className={styles.protocol}>
      <span className={styles.mark} style={{ background: protocolColours[name] ?? 'transparent' }} aria-hidden />
      {name}
    </span>
  );
};
