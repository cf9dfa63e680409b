import { ActionIcon, Button, Popover, Progress, Tooltip } from '@mantine/core';
import type { Job } from '#shared/model/artifact';
import { perform } from '../bridge';
import { jobsActions, runningJobs, useJobs } from '../stores/jobs';
import { formatBytes, formatDuration } from '../widgets/format';
import { Icon } from '../widgets/Icon';
import styles from './app.module.css';

/** Exports that run or ran: progress, Cancel, Show in Folder, hash. */
export function JobsTray() {
  const jobs = useJobs((state) => state.jobs);
  const running = useJobs(runningJobs);
  const isOpen = useJobs((state) => state.isTrayOpen);
  return (
    <Popover opened={isOpen} onChange={jobsActions.setTrayOpen} position="bottom-end" width={400} withinPortal>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<Icon name="jobs" size={14} />}
          data-testid="jobs-button"
          aria-label={running > 0 ? `Jobs, ${running} running` : 'Jobs'}
          onClick={() => jobsActions.setTrayOpen(!isOpen)}
        >
          {running > 0 ? `${running} running` : 'Jobs'}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <section aria-label="Jobs" data-testid="jobs-tray">
          {jobs.length === 0 && <p className={styles.trayEmpty}>No exports yet. Select a call and choose Export.</p>}
          <ul className={styles.jobs}>
            {jobs.map((job) => (
              <JobEntry key={job.id} job={job} />
            ))}
          </ul>
        </section>
      </Popover.Dropdown>
    </Popover>
  );
}

function JobEntry({ job }: { job: Job }) {
  const { artifact } = job;
  const isRunning = job.state === 'running';
  const input = { jobId: job.id };
  return (
    <li className={styles.job} data-testid={`job-${job.id}`} data-state={job.state}>
      <div className={styles.jobLine}>
        <JobMark job={job} />
        <span className={styles.jobTitle} title={artifact?.path ?? job.title}>
          {job.title}
        </span>
        {isRunning ? (
          <Button size="compact-xs" variant="default" onClick={() => void perform('export:cancel', input)}>
            Cancel
          </Button>
        ) : (
          <>
            {artifact && (
              <Tooltip label="Show in folder">
                <ActionIcon aria-label="Show in folder" onClick={() => void perform('export:show-in-folder', input)}>
                  <Icon name="folder" size={14} />
                </ActionIcon>
              </Tooltip>
            )}
            <Tooltip label="Remove from the list">
              <ActionIcon aria-label="Dismiss" onClick={() => void perform('export:dismiss', input)}>
                <Icon name="close" size={14} />
              </ActionIcon>
            </Tooltip>
          </>
        )}
      </div>
      {isRunning && (
        <Progress
          size={4}
          value={(job.progress ?? 1) * 100}
          striped={job.progress === null}
          transitionDuration={0}
          aria-label={`Progress of ${job.title}`}
        />
      )}
      {job.state === 'failed' && <div className={styles.jobError}>{job.error ?? 'It failed.'}</div>}
      {job.state === 'cancelled' && <div className={styles.dim}>Cancelled; nothing was kept.</div>}
      {artifact && (
        <>
          <div className={styles.jobFacts}>
            <span>{formatBytes(artifact.bytes)}</span>
            {artifact.durationSeconds !== null && <span>{formatDuration(artifact.durationSeconds)}</span>}
            <span className={styles.jobPath} title={artifact.path}>
              <bdi>{artifact.path}</bdi>
            </span>
          </div>
          <div className={styles.jobFacts}>
            <code className={styles.jobHash} title={`SHA-256 ${artifact.sha256}`}>
              sha256 {artifact.sha256}
            </code>
            <ActionIcon
              size="xs"
              aria-label="Copy SHA-256 of the file"
              onClick={() => void perform('app:copy-text', { text: artifact.sha256 })}
            >
              <Icon name="copy" size={12} />
            </ActionIcon>
          </div>
        </>
      )}
    </li>
  );
}

function JobMark({ job }: { job: Job }) {
  if (job.state === 'done') return <Icon name="check" size={14} label="Done" />;
  if (job.state === 'failed') return <Icon name="error" size={14} label="Failed" />;
  if (job.state === 'cancelled') return <Icon name="stop" size={14} label="Cancelled" />;
  return <Icon name="download" size={14} label="Running" />;
}
