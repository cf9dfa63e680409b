import { Button, Menu } from '@mantine/core';
import { useStream } from '../panels/use-stream';
import { useSelection } from '../stores/selection';
import { Icon } from '../widgets/Icon';
import { exportChoices, startExport } from './commands';

/** Saves the selected call or stream; the formats that fit best stand first. */
export function ExportMenu() {
  const callId = useSelection((state) => state.callId);
  const streamId = useSelection((state) => state.streamId);
  const primary = useSelection((state) => state.primary);
  const stream = useStream(streamId);
  const sections = [
    { kind: 'call', title: 'Selected call', sourceId: callId },
    { kind: 'stream', title: 'Selected stream', sourceId: streamId },
  ] as const;
  const ordered = primary === 'stream' ? [...sections].reverse() : sections;
  const isEmpty = streamId === null;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          leftSection={<Icon name="download" size={14} />}
          disabled={isEmpty}
          title={isEmpty ? 'Select a call with media, or a stream' : undefined}
          data-testid="export-menu"
        >
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown miw={260}>
        {ordered.map(
          ({ kind, title, sourceId }) =>
            sourceId !== null &&
            !isEmpty && (
              <div key={kind} role="none">
                <Menu.Label>{title}</Menu.Label>
                {exportChoices(kind === 'stream' && stream?.kind === 'video' ? 'video' : kind).map(
                  ({ format, label, description }) => (
                    <Menu.Item
                      key={format}
                      data-testid={`export-${kind}-${format}`}
                      rightSection={<small style={{ color: 'var(--td-text-dim)' }}>{description}</small>}
                      onClick={() => void startExport(sourceId, format)}
                    >
                      {label}
                    </Menu.Item>
                  ),
                )}
              </div>
            ),
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
