import { Button, Menu } from '@mantine/core';
import { useQuery } from '../bridge';
import { useStream } from '../panels/use-stream';
import { useSelection } from '../stores/selection';
import { useCaptureId, useTableRevision } from '../stores/session';
import { Icon } from '../widgets/Icon';
import { exportChoices, type ExportSubject, runCommand, startExport } from './commands';

interface Section {
  readonly kind: 'call' | 'stream' | 'session' | 'object';
  readonly title: string;
  readonly sourceId: string;
  readonly subject: ExportSubject;
}

/** Saves what is selected; the formats that fit best stand first. */
export function ExportMenu() {
  const ordered = useSections();
  const isEmpty = ordered.length === 0;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<Icon name="download" size={14} />}
          disabled={isEmpty}
          title={isEmpty ? 'Select a call with media, a stream, a session or an object' : undefined}
          data-testid="export-menu"
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown miw={260}>
        {ordered.map(({ kind, title, sourceId, subject }) => (
          <div key={kind} role="none">
            <Menu.Label>{title}</Menu.Label>
            {exportChoices(subject).map(({ format, label, description }) => (
              <Menu.Item
                key={format}
                data-testid={`export-${kind}-${format}`}
                rightSection={<small style={{ color: 'var(--td-text-dim)' }}>{description}</small>}
                onClick={() => void startExport(sourceId, format)}
              >
                {label}
              </Menu.Item>
            ))}
            {kind === 'stream' && (
              <Menu.Item
                data-testid="replay-stream"
                rightSection={<small style={{ color: 'var(--td-text-dim)' }}>sends its packets again</small>}
                onClick={() => runCommand('export.replay')}
              >
                Replay…
              </Menu.Item>
            )}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** What is selected, what was chosen last first. */
function useSections(): readonly Section[] {
  const { callId, streamId, sessionId, objectId, primary } = useSelection();
  const captureId = useCaptureId();
  const stream = useStream(streamId);
  const asked = captureId && sessionId ? { captureId, sessionId } : null;
  const session = useQuery('session:detail', asked, useTableRevision('sessions')).value;
  const sections: Section[] = [];
  if (callId !== null && streamId !== null) {
    sections.push({ kind: 'call', title: 'Selected call', sourceId: callId, subject: 'call' });
  }
  if (sessionId !== null && session?.id === sessionId) {
    const { kind, media } = session;
    sections.push({ kind: 'session', title: 'Selected session', sourceId: sessionId, subject: { kind, media } });
  }
  if (streamId !== null) {
    const subject = stream?.kind === 'video' ? 'video' : 'stream';
    sections.push({ kind: 'stream', title: 'Selected stream', sourceId: streamId, subject });
  }
  if (objectId !== null) {
    sections.push({ kind: 'object', title: 'Selected object', sourceId: objectId, subject: 'object' });
  }
  return sections.sort((a, b) => Number(b.kind === primary) - Number(a.kind === primary));
}
