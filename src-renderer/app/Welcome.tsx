import { Button, UnstyledButton } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { RecentFile } from '#shared/ipc/contract';
import { invoke } from '../bridge';
import { type OpenFailure, sessionActions, useSession } from '../stores/session';
import { Icon } from '../widgets/Icon';
import styles from './app.module.css';
import { openPath, runCommand, shortcutLabel } from './commands';

/** The window without a capture: invites a drop, or says why the last file could not be opened. */
export function Welcome() {
  const failure = useSession((state) => state.failure);
  const openingPath = useSession((state) => state.openingPath);
  return (
    <div className={styles.welcome} data-testid="welcome">
      <div className={styles.welcomeColumn}>
        {failure ? <FailureNotice failure={failure} /> : <Invitation />}
        <div className={styles.welcomeButtons}>
          <Button
            leftSection={<Icon name="open" size={15} />}
            rightSection={<kbd className={styles.kbdOnButton}>{shortcutLabel('CmdOrCtrl+O')}</kbd>}
            onClick={() => runCommand('file.open')}
          >
            Open…
          </Button>
          <Button variant="default" data-testid="open-sample" onClick={() => runCommand('file.open-sample')}>
            Open the sample capture
          </Button>
        </div>
        <p className={styles.welcomeStatus} role="status">
          {openingPath !== null && `Opening ${openingPath}…`}
        </p>
        <RecentFiles />
      </div>
    </div>
  );
}

function Invitation() {
  return (
    <>
      <div className={styles.welcomeGlyph}>
        <Icon name="wave" size={56} />
      </div>
      <h1 className={styles.welcomeTitle}>Drop a capture here</h1>
      <p className={styles.welcomeText}>
        pcap or pcapng. Tapdeck finds the calls and RTP streams in it: hear both sides, see the call flow, judge the
        quality, save WAV, MP4 or AU.
      </p>
    </>
  );
}

function FailureNotice({ failure: { path, failure } }: { failure: OpenFailure }) {
  return (
    <div role="alert" className={styles.failure} data-testid="open-failure">
      <div className={styles.failureGlyph}>
        <Icon name="error" size={40} />
      </div>
      <h1 className={styles.welcomeTitle}>{failure.message}</h1>
      <dl className={styles.failureFacts}>
        <dt>File</dt>
        <dd className="selectable">{path}</dd>
        {failure.where && failure.where !== path && (
          <>
            <dt>Where</dt>
            <dd className="selectable">{failure.where}</dd>
          </>
        )}
        {failure.hint && (
          <>
            <dt>What to do</dt>
            <dd>{failure.hint}</dd>
          </>
        )}
        <dt>Code</dt>
        <dd className="selectable">{failure.code}</dd>
      </dl>
      <Button variant="default" onClick={sessionActions.dismissFailure}>
        Dismiss
      </Button>
    </div>
  );
}

function RecentFiles() {
  const [files, setFiles] = useState<readonly RecentFile[]>([]);
  useEffect(() => {
    let isCurrent = true;
    void invoke('app:recent-files', {}).then((result) => {
      if (isCurrent && result.ok) setFiles(result.value);
    });
    return () => {
      isCurrent = false;
    };
  }, []);
  if (files.length === 0) return null;
  return (
    <section className={styles.recent} aria-label="Recent files">
      <h2>Recent</h2>
      <ul>
        {files.map((file) => (
          <li key={file.path}>
            <UnstyledButton className={styles.recentFile} title={file.path} onClick={() => void openPath(file.path)}>
              <strong>{file.name}</strong>
              <span>{file.path}</span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
