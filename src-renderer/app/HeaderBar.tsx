import { Button, Progress, Tooltip, UnstyledButton } from '@mantine/core';
import type { CaptureProgress, CaptureSummary } from '#shared/model/capture';
import { useSession } from '../stores/session';
import { formatBytes, formatDuration, formatInteger } from '../widgets/format';
import { Icon } from '../widgets/Icon';
import styles from './app.module.css';
import { runCommand, shortcutLabel, stopReading, toggleFollowing } from './commands';
import { ExportMenu } from './ExportMenu';
import { JobsTray } from './JobsTray';

/** What is open, how far it is read, and the ways to everything else. */
export function HeaderBar() {
  const capture = useSession((state) => state.capture);
  const progress = useSession((state) => state.progress);
  const openingPath = useSession((state) => state.openingPath);
  return (
    <header className={styles.headerBar}>
      <span className={styles.brand}>
        <Icon name="wave" size={18} />
        Tapdeck
      </span>
      <div className={styles.headerFacts}>
        {capture && (
          <>
            <strong className={styles.fileName} title={capture.path}>
              {capture.name}
            </strong>
            {capture.following ? (
              <FollowingFacts capture={capture} />
            ) : capture.state === 'loading' ? (
              <LoadingFacts capture={capture} progress={progress} />
            ) : (
              <CaptureFacts capture={capture} />
            )}
          </>
        )}
      </div>
      {openingPath !== null && <span className={styles.dim}>Opening…</span>}
      <UnstyledButton
        className={styles.searchHint}
        aria-label="Search commands"
        data-testid="open-palette"
        onClick={() => runCommand('view.palette')}
      >
        <Icon name="search" size={13} />
        <span>Search</span>
        <kbd>{shortcutLabel('CmdOrCtrl+K')}</kbd>
      </UnstyledButton>
      <Button
        variant="default"
        leftSection={<Icon name="open" size={14} />}
        data-testid="open-file"
        onClick={() => runCommand('file.open')}
      >
        Open
      </Button>
      {capture && <ExportMenu />}
      <JobsTray />
    </header>
  );
}

function CaptureFacts({ capture }: { capture: CaptureSummary }) {
  return (
    <>
      <span>
        {formatInteger(capture.packets)} {capture.packets === 1 ? 'packet' : 'packets'}
      </span>
      <span>{formatDuration(capture.durationSeconds)}</span>
      <span className={styles.optionalFact}>{formatBytes(capture.bytes)}</span>
      {capture.sha256 && (
        <Tooltip label="Copy the SHA-256 of the file">
          <UnstyledButton
            className={styles.hash}
            aria-label="Copy SHA-256"
            onClick={() => runCommand('edit.copy-sha256')}
          >
            sha256 {capture.sha256.slice(0, 8)}… <Icon name="copy" size={12} />
          </UnstyledButton>
        </Tooltip>
      )}
      {capture.state === 'cancelled' && <span className={styles.warning}>stopped early</span>}
      {capture.state === 'failed' && <span className={styles.warning}>read in part</span>}
    </>
  );
}

function FollowingFacts({ capture }: { capture: CaptureSummary }) {
  return (
    <>
      <span>{formatInteger(capture.packets)} packets</span>
      <span>{formatBytes(capture.bytes)}</span>
      <span data-testid="following">following</span>
      <Button
        variant="default"
        leftSection={<Icon name="stop" size={12} />}
        data-testid="stop-following"
        title="The file is read as it grows; stop, and take what is there for all of it"
        onClick={() => void toggleFollowing()}
      >
        Stop
      </Button>
    </>
  );
}

function LoadingFacts({ capture, progress }: { capture: CaptureSummary; progress: CaptureProgress | null }) {
  const read = progress?.bytesRead ?? 0;
  const total = progress?.bytesTotal ?? capture.bytes;
  const percent = total > 0 ? (read / total) * 100 : 0;
  return (
    <>
      <span data-testid="load-bytes">
        {formatBytes(read)} of {formatBytes(total)}
      </span>
      <span>{formatInteger(progress?.packets ?? capture.packets)} packets</span>
      {progress && <span className={styles.optionalFact}>{formatInteger(progress.packetsPerSecond)} packets/s</span>}
      <Button
        variant="default"
        leftSection={<Icon name="stop" size={12} />}
        data-testid="stop-reading"
        title="Stop reading; what was read stays"
        onClick={() => void stopReading()}
      >
        Cancel
      </Button>
      <Progress
        className={styles.loadBar}
        value={percent}
        size={3}
        radius={0}
        transitionDuration={0}
        aria-label="Reading the capture"
      />
    </>
  );
}
