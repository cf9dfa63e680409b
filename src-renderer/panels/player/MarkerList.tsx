import { ActionIcon, Popover, Tooltip } from '@mantine/core';
import type { MarkerKind, PlayerLane, PlayerMarker } from '#shared/model/player';
import { formatInteger } from '../../widgets/format';
import { formatPosition } from '../../widgets/time-format';
import { markerOrder, markerTitles } from '../../widgets/Waveform/markers';
import { shortName } from './LaneHeader';
import styles from './PlayerPanel.module.css';
import { TransportIcon } from './TransportIcon';

interface MarkerListProps {
  readonly lanes: readonly PlayerLane[];
  readonly onJump: (marker: PlayerMarker) => void;
}

/** Longer lists are for the packet table. */
const mostShown = 500;

/** All markers in the order of time, to jump to; counts by kind above them. */
export function MarkerList({ lanes, onJump }: MarkerListProps) {
  const all = lanes
    .flatMap((lane) => lane.markers.map((marker) => ({ marker, lane: shortName(lane) })))
    .sort((a, b) => a.marker.startSeconds - b.marker.startSeconds);
  const counts = new Map<MarkerKind, number>();
  for (const { marker } of all) counts.set(marker.kind, (counts.get(marker.kind) ?? 0) + 1);
  return (
    <Popover position="top" withArrow withinPortal shadow="md">
      <Popover.Target>
        <Tooltip label="Markers">
          <ActionIcon
            aria-label={`Markers: ${all.length}`}
            disabled={all.length === 0}
            className={styles.markersButton}
          >
            <TransportIcon name="markers" />
            <span className={styles.badge}>{formatInteger(all.length)}</span>
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown className={styles.markers}>
        <div className={styles.kinds}>
          {markerOrder
            .filter((kind) => counts.has(kind))
            .map((kind) => (
              <span key={kind} className={styles.kind}>
                <Swatch kind={kind} />
                {markerTitles[kind]} {formatInteger(counts.get(kind) ?? 0)}
              </span>
            ))}
        </div>
        <div className={styles.markerList} role="list">
          {all.slice(0, mostShown).map(({ marker, lane }, index) => (
            <div key={index} role="listitem">
              <button type="button" className={styles.marker} onClick={() => onJump(marker)}>
                <Swatch kind={marker.kind} />
                <span className={styles.markerTime}>{formatPosition(marker.startSeconds, 2)}</span>
                <span>{marker.label}</span>
                <span className={styles.dim}>{lane}</span>
              </button>
            </div>
          ))}
          {all.length > mostShown && (
            <div className={styles.dim}>
              and {formatInteger(all.length - mostShown)} more; the packets of RTP Analysis list them all
            </div>
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function Swatch({ kind }: { readonly kind: MarkerKind }) {
  return <span className={styles.swatch} style={{ background: `var(--td-${kind})` }} />;
}
