import type { Severity } from '#shared/model/diagnostic';
import type { TableRow } from '#shared/query/table-query';
import { showFrame } from '../../app/commands';
import { selectionActions } from '../../stores/selection';
import type { RenderCell, RowMenuItem } from '../../widgets/DataGrid';
import { Icon } from '../../widgets/Icon';
import { BoundGrid } from '../table/BoundGrid';
import { NothingFound } from '../table/NothingFound';
import styles from '../table/table.module.css';

export function DiagnosticsPanel() {
  return (
    <BoundGrid
      table="diagnostics"
      filterHint="Filter: severity:error code:sip*"
      renderCell={renderSeverity}
      onSelect={(row) => selectionActions.selectFrame(typeof row.firstFrame === 'number' ? row.firstFrame : null)}
      onOpen={(row) => typeof row.firstFrame === 'number' && showFrame(row.firstFrame)}
      rowMenu={diagnosticMenu}
      emptyMessage={
        <NothingFound
          title="Nothing to report"
          lookedFor="Every record, packet and message could be read as its specification says."
        />
      }
    />
  );
}

function diagnosticMenu([row]: readonly TableRow[]): RowMenuItem[] {
  const frame = row?.firstFrame;
  return [
    {
      id: 'packet',
      label: 'Show First Packet',
      icon: 'packets',
      isDisabled: typeof frame !== 'number',
      run: () => typeof frame === 'number' && showFrame(frame),
    },
  ];
}

const colours: Readonly<Record<Severity, string>> = {
  note: 'var(--td-note)',
  warning: 'var(--td-warning)',
  error: 'var(--td-error)',
};

const renderSeverity: RenderCell = (column, row) => {
  if (column.id !== 'severity') return undefined;
  const severity = row.severity as Severity;
  return (
    <span className={styles.mark} style={{ color: colours[severity] }}>
      <Icon name={severity} size={14} />
      {severity}
    </span>
  );
};
