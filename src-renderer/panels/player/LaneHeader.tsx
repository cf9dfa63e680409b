import type { PlayerLane } from '#shared/model/player';
import type { LaneSettings } from './audio-engine';
import styles from './PlayerPanel.module.css';

interface LaneHeaderProps {
  readonly lane: PlayerLane;
  readonly colour: 'caller' | 'callee';
  readonly height: number;
  readonly settings: LaneSettings;
  readonly onChange: (settings: LaneSettings) => void;
  /** Receives the bar that shows the lane's level. */
  readonly meterRef: (element: HTMLElement | null) => void;
}

const ears = { '-1': 'L', '0': 'L R', '1': 'R' } as const;
const earNames = { '-1': 'left ear', '0': 'both ears', '1': 'right ear' } as const;

/** Whose sound a lane is, how loud it is now, and whether and where it is heard. */
export function LaneHeader({ lane, colour, height, settings, onChange, meterRef }: LaneHeaderProps) {
  const { pan, isMuted, isSolo } = settings;
  const nextPan = ({ '-1': 0, '0': 1, '1': -1 } as const)[pan];
  return (
    <div className={styles.lane} style={{ height, borderLeftColor: `var(--td-${colour})` }}>
      <div className={styles.laneName} data-tall={height >= 70 || undefined} title={`${lane.label}\n${lane.codec}`}>
        <strong>{shortName(lane)}</strong>
        <span className={styles.dim}>{lane.codec}</span>
      </div>
      <div className={styles.laneControls}>
        <button
          type="button"
          className={styles.toggle}
          aria-pressed={isMuted}
          aria-label={`Mute ${lane.label}`}
          title="Mute"
          onClick={() => onChange({ ...settings, isMuted: !isMuted })}
        >
          M
        </button>
        <button
          type="button"
          className={styles.toggle}
          aria-pressed={isSolo}
          aria-label={`Solo ${lane.label}`}
          title="Solo: only this lane"
          onClick={() => onChange({ ...settings, isSolo: !isSolo })}
        >
          S
        </button>
        <button
          type="button"
          className={styles.ear}
          aria-label={`${lane.label}: ${earNames[pan]}`}
          title={`Heard in the ${earNames[pan]}; click for the ${earNames[nextPan]}`}
          onClick={() => onChange({ ...settings, pan: nextPan })}
        >
          {ears[pan]}
        </button>
        <div className={styles.meter} aria-hidden="true">
          <div ref={meterRef} className={styles.meterBar} style={{ background: `var(--td-${colour})` }} />
        </div>
      </div>
    </div>
  );
}

/** Who sends, without codec and addresses, which stand beside it or in the tooltip. */
export function shortName({ label, codec }: Pick<PlayerLane, 'label' | 'codec'>): string {
  const [name, rest] = label.split(' · ', 2);
  if (rest !== undefined) return name;
  return label.startsWith(`${codec} `) ? label.slice(codec.length + 1) : label;
}
