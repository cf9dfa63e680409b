import { ActionIcon, TextInput, Tooltip } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useEffect, useEffectEvent, useState } from 'react';
import type { TablePage } from '#shared/query/table-query';
import { formatInteger } from '../format';
import { Icon } from '../Icon';
import styles from './DataGrid.module.css';
import type { PagedState } from './paged-rows';

interface GridToolbarProps {
  readonly label: string;
  readonly state: PagedState;
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
  const { label, state, selectedCount, filterHint, onLeave, onExport, columnMenu, extra } = props;
  const [text, setText] = useState('');
  const onFilter = useEffectEvent(props.onFilter);
  useEffect(() => {
    const timer = setTimeout(() => onFilter(text.trim()), text === '' ? 0 : filterDelayMs);
    return () => clearTimeout(timer);
  }, [text]);

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Escape') {
      if (text === '') onLeave();
      else setText('');
    } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
      onLeave();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div className={styles.toolbarBox}>
      <div className={styles.toolbar}>
        <span className={styles.count} role="status" aria-label={`Rows of ${label}`}>
          {countText(state)}
          {selectedCount > 1 && <span className={styles.dim}>, {formatInteger(selectedCount)} selected</span>}
        </span>
        {extra}
        <TextInput
          className={styles.filter}
          size="xs"
          value={text}
          placeholder={filterHint}
          aria-label={`Filter ${label}`}
          aria-invalid={state.filterError !== null}
          error={state.filterError !== null}
          data-grid-filter
          spellCheck={false}
          leftSection={<Icon name="filter" size={13} />}
          rightSection={
            text !== '' && (
              <ActionIcon size="xs" variant="subtle" aria-label="Clear filter" onClick={() => setText('')}>
                <Icon name="close" size={12} />
              </ActionIcon>
            )
          }
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
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
function countText({ isKnown, matchingRows, totalRows }: PagedState): string {
  if (!isKnown) return '…';
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
