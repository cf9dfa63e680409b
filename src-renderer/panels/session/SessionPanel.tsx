import { Tabs } from '@mantine/core';
import { useState } from 'react';
import type { SessionKind, SessionRow } from '#shared/model/session';
import type { TableId } from '#shared/query/table-query';
import { showFrame } from '../../app/commands';
import { useQuery } from '../../bridge';
import { playheadActions } from '../../stores/playhead';
import { selectionActions, useSelection } from '../../stores/selection';
import { useCaptureId, useTableRevision } from '../../stores/session';
import { PanelNote } from '../PanelNote';
import { BoundGrid } from '../table/BoundGrid';
import { NothingFound } from '../table/NothingFound';
import { useShownRevision } from '../visibility';
import { SessionFacts } from './SessionFacts';
import styles from './session.module.css';

/** Tables of a session beside its facts. */
const tablesOf: Readonly<Record<SessionKind, readonly SessionTable[]>> = {
  rtmp: ['session-messages'],
  rtsp: ['session-messages'],
  hls: ['segments', 'ts-pids', 'ts-checks'],
  dash: ['segments'],
  mpegts: ['ts-pids', 'ts-checks'],
  camera: [],
  'http-stream': [],
  tls: ['session-messages'],
};

type SessionTable = Extract<TableId, 'session-messages' | 'segments' | 'ts-pids' | 'ts-checks'>;

const titles: Readonly<Record<SessionTable, string>> = {
  'session-messages': 'Messages',
  segments: 'Segments',
  'ts-pids': 'PIDs',
  'ts-checks': 'TR 101 290',
};

/** What is known of the selected session, and its tables. */
export function SessionPanel() {
  const captureId = useCaptureId();
  const sessionId = useSelection((state) => state.sessionId);
  const revision = useShownRevision(useTableRevision('sessions'));
  const session = useQuery('session:detail', captureId && sessionId ? { captureId, sessionId } : null, revision);
  if (sessionId === null) {
    return <PanelNote title="No session selected">Choose a session to see what it says of itself.</PanelNote>;
  }
  if (session.failure) return <PanelNote title="The session could not be read">{session.failure.message}</PanelNote>;
  return session.value && <Session session={session.value} />;
}

function Session({ session }: { readonly session: SessionRow }) {
  const [chosen, setChosen] = useState('facts');
  const messageId = useSelection((state) => state.messageId);
  const tables = tablesOf[session.kind];
  const shown = tables.some((id) => id === chosen) ? chosen : 'facts';
  return (
    <Tabs
      value={shown}
      onChange={(value) => setChosen(value ?? 'facts')}
      keepMounted={false}
      classNames={{ root: styles.root, list: styles.list, tab: styles.tab, panel: styles.panel }}
    >
      <Tabs.List aria-label="Parts of the session">
        <Tabs.Tab value="facts">Facts</Tabs.Tab>
        {tables.map((id) => (
          <Tabs.Tab key={id} value={id} data-testid={`session-${id}`}>
            {titles[id]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value="facts">
        <SessionFacts session={session} />
      </Tabs.Panel>
      {tables.map((id) => (
        <Tabs.Panel key={id} value={id}>
          <BoundGrid
            table={id}
            scope={session.id}
            selectedId={id === 'session-messages' ? messageId : undefined}
            onSelect={(row) => {
              const frame = typeof row.frame === 'number' ? row.frame : null;
              if (id === 'session-messages') selectionActions.selectMessage(row.id, frame);
              else if (frame !== null) selectionActions.selectFrame(frame);
              if (typeof row.timeSeconds === 'number') playheadActions.seek('table', row.timeSeconds);
            }}
            onOpen={(row) => typeof row.frame === 'number' && showFrame(row.frame)}
            emptyMessage={<NothingFound title={`No ${titles[id]}`} lookedFor="The capture has none of this session." />}
          />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
