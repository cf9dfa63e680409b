import { Tabs } from '@mantine/core';
import { useState } from 'react';
import type { TableRow } from '#shared/query/table-query';
import { showFrame, startExport } from '../../app/commands';
import { playheadActions } from '../../stores/playhead';
import { selectionActions, useSelection } from '../../stores/selection';
import { useSession } from '../../stores/session';
import type { RowMenuItem } from '../../widgets/DataGrid';
import { formatInteger } from '../../widgets/format';
import { BoundGrid } from '../table/BoundGrid';
import { NothingFound } from '../table/NothingFound';
import styles from './objects.module.css';

/** What was transferred over HTTP: the files, and the requests that brought them. */
export function ObjectsPanel() {
  const [shown, setShown] = useState<'objects' | 'exchanges'>('objects');
  const objectId = useSelection((state) => state.objectId);
  const count = useSession((state) => state.capture?.counts.objects ?? 0);
  return (
    <Tabs
      value={shown}
      onChange={(value) => setShown(value === 'exchanges' ? 'exchanges' : 'objects')}
      keepMounted={false}
      classNames={{ root: styles.root, list: styles.list, tab: styles.tab, panel: styles.panel }}
    >
      <Tabs.List aria-label="Objects and exchanges">
        <Tabs.Tab value="objects">
          Objects <span className={styles.count}>{formatInteger(count)}</span>
        </Tabs.Tab>
        <Tabs.Tab value="exchanges" data-testid="exchanges">
          Requests
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="objects">
        <BoundGrid
          table="objects"
          selectedId={objectId}
          initialSort={{ column: 'startSeconds', direction: 'asc' }}
          filterHint="Filter: content:video/* bytes>100000"
          onSelect={(row) => {
            selectionActions.selectObject(row.id, numberOf(row.frame));
            playheadActions.seek('table', Number(row.startSeconds));
          }}
          onOpen={(row) => void startExport(row.id, 'original')}
          rowMenu={objectMenu}
          emptyMessage={
            <NothingFound
              title="No objects"
              lookedFor="Looked for HTTP/1.x and HTTP/2 on any port. What TLS hides appears when its keys are there."
            />
          }
        />
      </Tabs.Panel>
      <Tabs.Panel value="exchanges">
        <BoundGrid
          table="exchanges"
          filterHint="Filter: status>=400 method:POST"
          onSelect={(row) => selectionActions.selectFrame(numberOf(row.frame))}
          onOpen={(row) => typeof row.frame === 'number' && showFrame(row.frame)}
          emptyMessage={<NothingFound title="No requests" lookedFor="Looked for HTTP/1.x and HTTP/2 on any port." />}
        />
      </Tabs.Panel>
    </Tabs>
  );
}

function objectMenu(rows: readonly TableRow[]): RowMenuItem[] {
  const [row] = rows;
  if (!row) return [];
  return [
    { id: 'save', label: 'Save…', icon: 'download', run: () => void startExport(row.id, 'original') },
    { id: 'packet', label: 'Show Packet', icon: 'packets', run: () => showFrame(Number(row.frame)) },
  ];
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
