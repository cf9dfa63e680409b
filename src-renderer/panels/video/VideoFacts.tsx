import type { VideoFrameTable, VideoModel } from '#shared/model/video';
import { formatInteger } from '../../widgets/format';
import type { FrameCounts } from './frames';
import styles from './VideoPanel.module.css';

interface FrameLineProps {
  readonly frames: VideoFrameTable;
  readonly index: number | null;
  readonly onPackets: () => void;
}

/** What is known of the picture on the screen. */
export function FrameLine({ frames, index, onPackets }: FrameLineProps) {
  if (index === null) return <div className={styles.frameLine}>No picture is shown: every one is damaged.</div>;
  const packets = frames.frameStart[index + 1] - frames.frameStart[index];
  const lost = frames.lostPackets[index];
  return (
    <div className={styles.frameLine}>
      <span data-testid="video-frame">
        Picture {formatInteger(index + 1)} of {formatInteger(frames.count)}
      </span>
      {frames.isKey[index] === 1 && <span className={styles.key}>key</span>}
      {frames.isDamaged[index] === 1 && (
        <span className={styles.damaged} data-testid="video-damaged">
          damaged{lost > 0 ? `: ${formatInteger(lost)} ${lost === 1 ? 'packet' : 'packets'} lost` : ''}
        </span>
      )}
      <button type="button" className={styles.link} onClick={onPackets} data-testid="video-packets">
        {formatInteger(packets)} {packets === 1 ? 'packet' : 'packets'}
      </button>
    </div>
  );
}

const bases = { rtcp: 'by sender reports', arrival: 'by arrival', container: 'by their common clock' } as const;

/** The stream as a whole. */
export function VideoFacts({ model, counts }: { readonly model: VideoModel; readonly counts: FrameCounts }) {
  const { codec, isTranscoded, width, height, frames, audio, notes } = model;
  const facts: [string, string][] = [
    ['Codec', isTranscoded ? `${codec}, shown as H.264` : codec],
    ['Size', `${width} × ${height}`],
    ['Rate', counts.rate === null ? '–' : `${counts.rate.toFixed(2)} pictures/s`],
    ['Pictures', formatInteger(frames.count)],
    ['Key', formatInteger(counts.key)],
    ['Damaged', formatInteger(counts.damaged)],
  ];
  if (counts.left > 0) facts.push(['Left out', formatInteger(counts.left)]);
  facts.push([
    'Sound',
    audio ? `${audio.codec}, in sync ${bases[audio.basis]} within ${Math.ceil(audio.uncertaintyMs)} ms` : 'none',
  ]);
  return (
    <>
      <dl className={styles.factList} data-testid="video-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {notes.map((note) => (
        <p key={note} className={styles.remark}>
          {note}
        </p>
      ))}
    </>
  );
}
