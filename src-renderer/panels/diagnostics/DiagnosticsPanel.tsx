import type { Severity } from '#shared/model/diagnostic';
import { selectionActions } from '../../stores/selection';
import type { RenderCell } from '../../widgets/DataGrid';
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
      emptyMessage={
        <NothingFound
          title="Nothing to report"
          lookedFor="Every record, packet and message could be read as its specification says."
        />
      }
    />
  );
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
