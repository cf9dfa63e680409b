import { ActionIcon, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { FollowItem, FollowPage } from '#shared/model/packet';
import { showPackets } from '../../app/commands';
import { useQuery } from '../../bridge';
import { usePackets } from '../../stores/packets';
import { playheadActions } from '../../stores/playhead';
import { selectionActions, useSelection } from '../../stores/selection';
import { useCaptureId, useTableRevision } from '../../stores/session';
import { formatBytes, formatInteger, formatSecondsCell } from '../../widgets/format';
import { Icon } from '../../widgets/Icon';
import { PanelNote } from '../PanelNote';
import { hexLines, textOf, type Turn, turnsOf } from './content';
import styles from './follow-stream.module.css';

type View = 'text' | 'hex' | 'messages';
type Shown = 'both' | 'a' | 'b';

const pageBytes = 64 << 10;
const pageItems = 400;

/** What a TCP or UDP conversation carried, page by page. */
export function FollowStreamPanel() {
  const captureId = useCaptureId();
  const followedId = usePackets((state) => state.followedId);
  if (captureId === null || followedId === null) {
    return (
      <PanelNote title="No stream followed">
        Choose Follow Stream for a packet or a TCP or UDP conversation to read what it carried.
      </PanelNote>
    );
  }
  return <Followed key={`${captureId} ${followedId}`} captureId={captureId} conversationId={followedId} />;
}

function Followed({ captureId, conversationId }: { readonly captureId: string; readonly conversationId: string }) {
  /** Where the pages up to this one begin. */
  const [starts, setStarts] = useState<readonly number[]>([0]);
  const [view, setView] = useState<View>('text');
  const [shown, setShown] = useState<Shown>('both');
  const [isLoadingPage, setLoading] = useState(true);
  const from = starts[starts.length - 1];
  const revision = useTableRevision('packets');
  const input = { captureId, conversationId, from, maxItems: pageItems, maxBytes: pageBytes };
  // While more of the conversation may come, it is asked for again as the capture grows.
  const answer = useQuery('conversation:follow', input, isLoadingPage ? revision : 0);
  const page = answer.value;
  if (page && page.isPending !== isLoadingPage) setLoading(page.isPending);
  if (answer.failure) return <PanelNote title="The conversation could not be read">{answer.failure.message}</PanelNote>;
  if (!page) return <PanelNote title="Reading the conversation…" />;

  const next = page.from + page.items.length;
  const items = page.items.filter(({ direction }) => shown === 'both' || direction === (shown === 'a' ? 0 : 1));
  return (
    <div className={styles.panel}>
      <div className={styles.bar} role="toolbar" aria-label="Follow stream">
        <SegmentedControl
          aria-label="Direction"
          value={shown}
          onChange={(value) => setShown(value as Shown)}
          data={[
            { value: 'both', label: 'Both' },
            { value: 'a', label: 'A → B' },
            { value: 'b', label: 'B → A' },
          ]}
        />
        <SegmentedControl
          aria-label="Shown as"
          value={view}
          onChange={(value) => setView(value as View)}
          data={[
            { value: 'text', label: 'Text' },
            { value: 'hex', label: 'Hex' },
            { value: 'messages', label: 'Messages' },
          ]}
        />
        <span className={styles.pages}>
          <ActionIcon
            aria-label="Previous page"
            disabled={starts.length === 1}
            onClick={() => setStarts(starts.slice(0, -1))}
          >
            <span className={styles.back}>
              <Icon name="chevron" size={14} />
            </span>
          </ActionIcon>
          <span role="status">
            {page.items.length === 0 ? '0' : `${formatInteger(page.from + 1)}–${formatInteger(next)}`} of{' '}
            {formatInteger(page.totalItems)}
          </span>
          <ActionIcon
            aria-label="Next page"
            disabled={next >= page.totalItems}
            onClick={() => setStarts([...starts, next])}
          >
            <Icon name="chevron" size={14} />
          </ActionIcon>
        </span>
      </div>
      <Facts page={page} />
      <div className={styles.scroll} tabIndex={0} role="group" aria-label={`Content of ${conversationId}`}>
        {view === 'messages'
          ? turnsOf(items).map((turn, index) => <TurnItem key={`${from + index}`} turn={turn} />)
          : items.map((item, index) => <Item key={`${from + index}`} item={item} view={view} />)}
        {page.items.length === 0 && <p className={styles.dim}>It carried no payload.</p>}
        {page.isCut && next >= page.totalItems && (
          <p className={styles.gap}>The conversation has more pieces than are followed: the rest is left out.</p>
        )}
      </div>
    </div>
  );
}

function Facts({ page }: { readonly page: FollowPage }) {
  const lost = (bytes: number): string => (bytes > 0 ? `, ${formatBytes(bytes)} missing` : '');
  return (
    <div className={styles.facts}>
      <button type="button" className={styles.link} onClick={() => showPackets(`conversation:${page.conversationId}`)}>
        {page.conversationId}
      </button>
      <span data-direction={0}>
        A {page.endpointA} ({formatBytes(page.bytesAToB)}
        {lost(page.lostAToB)})
      </span>
      <span data-direction={1}>
        B {page.endpointB} ({formatBytes(page.bytesBToA)}
        {lost(page.lostBToA)})
      </span>
    </div>
  );
}

/** What one side sent in its turn, with when and in how many packets. */
function TurnItem({ turn }: { readonly turn: Turn }) {
  const { direction, frame, length, packets, timeSeconds } = turn;
  const select = (): void => {
    selectionActions.selectFrame(frame);
    playheadActions.seek('selection', timeSeconds);
  };
  return (
    <div className={styles.item} data-direction={direction}>
      <button type="button" className={styles.frame} title="Select this packet" onClick={select}>
        {formatInteger(frame)}
      </button>
      {packets === 0 ? (
        <span className={styles.gap}>{formatBytes(length)} were not captured here</span>
      ) : (
        <div className={styles.content}>
          <div className={styles.turn}>
            {direction === 0 ? 'A → B' : 'B → A'}, {formatSecondsCell(timeSeconds)}, {formatBytes(length)} in{' '}
            {formatInteger(packets)} {packets === 1 ? 'packet' : 'packets'}
          </div>
          <pre className={styles.message}>{textOf(turn.bytes)}</pre>
        </div>
      )}
    </div>
  );
}

function Item({ item, view }: { readonly item: FollowItem; readonly view: View }) {
  const isSelected = useSelection((state) => state.frame === item.frame);
  const select = (): void => {
    selectionActions.selectFrame(item.frame);
    playheadActions.seek('selection', item.timeSeconds);
  };
  return (
    <div className={styles.item} data-direction={item.direction} data-selected={isSelected || undefined}>
      <button type="button" className={styles.frame} title="Select this packet" onClick={select}>
        {formatInteger(item.frame)}
      </button>
      {item.kind === 'gap' ? (
        <span className={styles.gap}>{formatBytes(item.length)} were not captured here</span>
      ) : (
        <pre className={styles.content}>{view === 'text' ? textOf(item.bytes) : hexLines(item.bytes)}</pre>
      )}
    </div>
  );
}
