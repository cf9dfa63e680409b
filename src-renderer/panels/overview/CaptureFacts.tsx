import { ActionIcon, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import type { CaptureSummary, LoadState } from '#shared/model/capture';
import { runCommand } from '../../app/commands';
import { formatBytes, formatDuration, formatInteger, nothing } from '../../widgets/format';
import { Icon } from '../../widgets/Icon';
import styles from './overview.module.css';

/** What there is to know about the file itself. */
export function CaptureFacts({ capture }: { capture: CaptureSummary }) {
  const { counts } = capture;
  return (
    <dl className={styles.facts} aria-label="Facts about the capture">
      <Fact name="File" isWide>
        <span className="selectable" title={capture.path}>
          {capture.name}
        </span>
      </Fact>
      <Fact name="Size">
        <span title={`${formatInteger(capture.bytes)} bytes`}>{formatBytes(capture.bytes)}</span>
      </Fact>
      <Fact name="Packets">{formatInteger(capture.packets)}</Fact>
      <Fact name="Duration">
        <span title={`${capture.durationSeconds} s`}>{formatDuration(capture.durationSeconds)}</span>
      </Fact>
      <Fact name="Calls">{formatInteger(counts.calls)}</Fact>
      <Fact name="Sessions">{formatInteger(counts.sessions)}</Fact>
      <Fact name="Streams">{formatInteger(counts.streams)}</Fact>
      <Fact name="First packet" isWide>
        <span className="selectable" title={capture.firstTime ?? undefined}>
          {startTime(capture.firstTime)}
        </span>
      </Fact>
      <Fact name="Format">{capture.format}</Fact>
      <Fact name="Link layer">{capture.linkTypes.join(', ') || nothing}</Fact>
      <Fact name="Read">
        <Completeness capture={capture} />
      </Fact>
      <Fact name="SHA-256" isWidest>
        {capture.sha256 === null ? (
          <span className={styles.dim}>being computed…</span>
        ) : (
          <>
            <code className={styles.hash} data-testid="capture-sha256">
              {capture.sha256}
            </code>
            <Tooltip label="Copy">
              <ActionIcon size="xs" aria-label="Copy SHA-256" onClick={() => runCommand('edit.copy-sha256')}>
                <Icon name="copy" size={12} />
              </ActionIcon>
            </Tooltip>
          </>
        )}
      </Fact>
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly isWide?: boolean;
  readonly isWidest?: boolean;
  readonly children: ReactNode;
}

function Fact({ name, isWide, isWidest, children }: FactProps) {
  return (
    <div className={styles.fact} data-span={isWidest ? 'all' : isWide ? 'wide' : undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const readStates: Readonly<Record<LoadState, string>> = {
  loading: 'reading…',
  complete: 'to the end',
  cancelled: 'stopped early',
  failed: 'in part',
};

function Completeness({ capture: { state, complete } }: { capture: CaptureSummary }) {
  const isWhole = state === 'complete' && complete;
  const text = state === 'complete' && !complete ? 'not everything' : readStates[state];
  return (
    <span
      className={isWhole || state === 'loading' ? undefined : styles.incomplete}
      title={isWhole ? 'Everything in the file could be read.' : 'See Diagnostics for what could not be read.'}
    >
      {text}
    </span>
  );
}

/** `2024-05-01T10:22:33.123456789Z` as `2024-05-01 10:22:33.123456 UTC`. */
function startTime(firstTime: string | null): string {
  if (firstTime === null) return nothing;
  return firstTime.replace('T', ' ').replace(/(\.\d{6})\d*Z$/, '$1 UTC');
}
