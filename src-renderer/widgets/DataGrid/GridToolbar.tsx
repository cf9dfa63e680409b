import { ActionIcon, Tooltip } from '@mantine/core';
import { type ReactNode, useEffect, useEffectEvent, useState } from 'react';
import type { ColumnDefinition } from '#shared/model/table';
import type { TablePage } from '#shared/query/table-query';
import { formatInteger } from '../format';
import { Icon } from '../Icon';
import type { FilterRequest } from './DataGrid';
import styles from './DataGrid.module.css';
import { FilterBox } from './FilterBox';
import type { PagedState } from './paged-rows';

interface GridToolbarProps {
  readonly label: string;
  /** What filters can ask for. */
  readonly columns: readonly ColumnDefinition[];
  readonly state: PagedState;
  /** A filter set from outside. */
  readonly request: FilterRequest | undefined;
  readonly selectedCount: number;
  readonly filterHint: string;
  readonly onFilter: (filter: string) => void;
  /** Down from the filter box: into the rows. */
  readonly onLeave: () => void;
  readonly onExport: () => void;
  readonly columnMenu: ReactNode;
  readonly extra?: ReactNode;
}

const filterDelayMs = 150;

/** Filter box, counts, columns, export. */
export function GridToolbar(props: GridToolbarProps) {
  const { label, columns, state, request, selectedCount, filterHint, onLeave, onExport, columnMenu, extra } = props;
  const [text, setText] = useState(request?.text ?? '');
  const [served, setServed] = useState(request);
  if (request !== served) {
    setServed(request);
    if (request) setText(request.text);
  }
  const onFilter = useEffectEvent(props.onFilter);
  useEffect(() => {
    const timer = setTimeout(() => onFilter(text.trim()), text === '' ? 0 : filterDelayMs);
    return () => clearTimeout(timer);
  }, [text]);

  return (
    <div className={styles.toolbarBox}>
      <div className={styles.toolbar}>
        <span className={styles.count} role="status" aria-label={`Rows of ${label}`}>
          {countText(state)}
          {selectedCount > 1 && <span className={styles.dim}>, {formatInteger(selectedCount)} selected</span>}
        </span>
        {extra}
        <FilterBox
          text={text}
          columns={columns}
          label={`Filter ${label}`}
          hint={filterHint}
          isFaulty={state.filterError !== null}
          onChange={setText}
          onLeave={onLeave}
        />
        {columnMenu}
        <Tooltip label="Save all matching rows as CSV">
          <ActionIcon variant="subtle" aria-label={`Save ${label} as CSV`} onClick={onExport}>
            <Icon name="download" />
          </ActionIcon>
        </Tooltip>
      </div>
      {state.filterError && text.trim() !== '' && <FilterFault text={text.trim()} fault={state.filterError} />}
    </div>
  );
}

/** `12 of 340`; only the total when nothing is filtered out. */
function countText({ isKnown, isPending, matchingRows, totalRows }: PagedState): string {
  if (!isKnown) return '…';
  if (isPending) return `${formatInteger(matchingRows)} of ${formatInteger(totalRows)} so far…`;
  if (matchingRows === totalRows) return totalRows === 1 ? '1 row' : `${formatInteger(totalRows)} rows`;
  return `${formatInteger(matchingRows)} of ${formatInteger(totalRows)}`;
}

/** The filter's text with the character that could not be understood marked. */
function FilterFault({ text, fault }: { text: string; fault: NonNullable<TablePage['filterError']> }) {
  const at = Math.min(fault.position, text.length);
  return (
    <div role="alert" className={styles.filterFault}>
      <code>
        {text.slice(0, at)}
        <mark>{text[at] ?? ' '}</mark>
        {text.slice(at + 1)}
      </code>
      <span>
        {fault.message} (character {fault.position + 1}). All rows are shown.
      </span>
    </div>
  );
}
