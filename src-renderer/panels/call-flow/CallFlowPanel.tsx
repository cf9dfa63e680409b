import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { type MouseEvent, useState } from 'react';
import type { Ladder as LadderModel, LadderItem } from '#shared/model/call';
import { perform, reportFailure, useQuery } from '../../bridge';
import { layoutActions } from '../../stores/layout';
import { playheadActions } from '../../stores/playhead';
import { ladderSourceId, selectionActions, useSelection } from '../../stores/selection';
import { useCaptureId, useTableRevision } from '../../stores/session';
import { packetsOf, showFrame, showPackets } from '../../app/commands';
import { RowMenu, type RowMenuItem } from '../../widgets/DataGrid';
import { formatInteger } from '../../widgets/format';
import { Icon } from '../../widgets/Icon';
import { Ladder } from '../../widgets/Ladder/Ladder';
import { ladderToPng, ladderToSvg } from '../../widgets/Ladder/save';
import { usePalette } from '../../widgets/palette';
import { PanelNote } from '../PanelNote';
import { playhead } from '../playhead';
import { useShownRevision } from '../visibility';
import styles from './CallFlowPanel.module.css';
import { ladderFileName } from './file-name';

const smallestZoom = 0.6;
const largestZoom = 2.5;
/** Width of saved pictures: room for every label and comment. */
const savedWidth = 1200;

/** Ladder of the selected call or session. */
export function CallFlowPanel() {
  const captureId = useCaptureId();
  const callId = useSelection(ladderSourceId);
  const revision = useShownRevision(
    useTableRevision('calls') + useTableRevision('streams') + useTableRevision('sessions'),
  );
  const ladder = useQuery('call:ladder', captureId && callId ? { captureId, callId } : null, revision);

  if (callId === null) {
    return (
      <PanelNote title="No call selected">
        Choose a call or a session to see its messages and media, host by host.
      </PanelNote>
    );
  }
  if (ladder.failure) return <PanelNote title="The call flow could not be read">{ladder.failure.message}</PanelNote>;
  if (!ladder.value) return null;
  return <CallFlow key={callId} ladder={ladder.value} callId={callId} />;
}

function CallFlow({ ladder, callId }: { readonly ladder: LadderModel; readonly callId: string }) {
  const messageId = useSelection((state) => state.messageId);
  const streamId = useSelection((state) => state.streamId);
  const palette = usePalette();
  const [zoom, setZoom] = useState(1);
  const [isMediaMarked, setMediaMarked] = useState(false);
  const [menu, setMenu] = useState<{ readonly x: number; readonly y: number; readonly item: LadderItem } | null>(null);
  const [markedMedia, setMarkedMedia] = useState<string | null>(null);

  const changeZoom = (factor: number): void =>
    setZoom((now) => Math.min(largestZoom, Math.max(smallestZoom, Math.round(now * factor * 100) / 100)));
  const select = (item: LadderItem, by: 'pointer' | 'keyboard'): void => {
    playheadActions.seek('ladder', item.timeSeconds);
    setMediaMarked(item.kind === 'media');
    if (item.kind === 'message') {
      selectionActions.selectMessage(item.id, item.frame);
      return;
    }
    setMarkedMedia(item.id);
    selectionActions.selectFrame(item.frame);
    // Passing a bar with an arrow key does not leave the ladder for the stream's analysis.
    if (by === 'pointer') selectionActions.selectStream(item.streamId, callId);
  };
  const openMenu = (event: MouseEvent): void => {
    const element = event.target instanceof Element ? event.target.closest('[data-ladder-item]') : null;
    const id = element?.getAttribute('data-ladder-item');
    const item = ladder.items.find((known) => known.id === id);
    if (!item) return;
    event.preventDefault();
    select(item, 'keyboard');
    setMenu({ x: event.clientX, y: event.clientY, item });
  };
  const activate = (item: LadderItem): void => {
    if (item.kind === 'message') layoutActions.reveal('message', { focus: true });
    else selectionActions.selectStream(item.streamId, callId);
  };
  const mediaOfStream = ladder.items.find((item) => item.kind === 'media' && item.streamId === streamId)?.id ?? null;
  const selectedId = isMediaMarked ? (markedMedia ?? mediaOfStream) : messageId;

  const name = ladder.dialogs[0]?.callId ?? ladder.callId;
  const title = `Call flow ${name}`;
  const saveSvg = (): void => {
    const text = ladderToSvg(ladder, title, savedWidth, palette);
    void perform('app:save-text', { suggestedName: ladderFileName(name, 'svg'), text });
  };
  const savePng = async (): Promise<void> => {
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = await ladderToPng(ladder, title, savedWidth, palette);
    } catch (error) {
      reportFailure({ code: 'ladder-png', message: error instanceof Error ? error.message : String(error) });
      return;
    }
    await perform('app:save-bytes', { suggestedName: ladderFileName(name, 'png'), bytes });
  };

  return (
    <div className={styles.panel}>
      <div className={styles.toolbar} role="toolbar" aria-label="Call flow">
        <span className={styles.count}>{countsOf(ladder)}</span>
        <ActionIcon aria-label="Smaller" onClick={() => changeZoom(1 / 1.15)} disabled={zoom <= smallestZoom}>
          −
        </ActionIcon>
        <Tooltip label="Fit to the panel's width">
          <Button className={styles.zoom} variant="subtle" color="gray" onClick={() => setZoom(1)}>
            {Math.round(zoom * 100)} %
          </Button>
        </Tooltip>
        <ActionIcon aria-label="Larger" onClick={() => changeZoom(1.15)} disabled={zoom >= largestZoom}>
          +
        </ActionIcon>
        <Tooltip label="Save the whole call flow as SVG">
          <Button variant="subtle" color="gray" leftSection={<Icon name="download" size={14} />} onClick={saveSvg}>
            SVG
          </Button>
        </Tooltip>
        <Tooltip label="Save the whole call flow as PNG">
          <Button
            variant="subtle"
            color="gray"
            leftSection={<Icon name="download" size={14} />}
            onClick={() => void savePng()}
          >
            PNG
          </Button>
        </Tooltip>
      </div>
      <div className={styles.ladder} onContextMenu={openMenu}>
        <Ladder
          ladder={ladder}
          selectedId={selectedId}
          playhead={playhead}
          zoom={zoom}
          onSelect={select}
          onActivate={activate}
          onZoom={changeZoom}
        />
      </div>
      <RowMenu at={menu} items={menu ? itemMenu(menu.item, callId) : []} onClose={() => setMenu(null)} />
    </div>
  );
}

function itemMenu(item: LadderItem, callId: string): RowMenuItem[] {
  const streamFilter = item.kind === 'media' ? packetsOf(item.streamId) : null;
  return [
    streamFilter === null
      ? { id: 'packet', label: 'Show Packet', icon: 'packets', run: () => showFrame(item.frame) }
      : { id: 'packet', label: 'Show Packets', icon: 'packets', run: () => showPackets(streamFilter, item.frame) },
    {
      id: 'call',
      label: 'Show Packets of the Call',
      icon: 'packets',
      run: () => showPackets(packetsOf(callId), item.frame),
    },
  ];
}

/** `12 messages, 2 streams, 2 hosts`. */
export function countsOf(ladder: LadderModel): string {
  const media = ladder.items.filter((item) => item.kind === 'media').length;
  const messages = ladder.items.length - media;
  const count = (n: number, one: string): string => `${formatInteger(n)} ${one}${n === 1 ? '' : 's'}`;
  const parts = [count(messages, 'message'), count(media, 'stream')];
  if (ladder.dialogs.length > 1) parts.push(count(ladder.dialogs.length, 'dialog'));
  return parts.join(', ');
}
