import { ActionIcon, Checkbox, Divider, Popover, Tooltip, UnstyledButton } from '@mantine/core';
import type { TableDefinition } from '#shared/model/table';
import { Icon } from '../Icon';
import { type ColumnPreferences, visibleColumns, withPosition, withVisibility } from './columns';
import styles from './DataGrid.module.css';

interface ColumnMenuProps {
  readonly definition: TableDefinition;
  readonly preferences: ColumnPreferences;
  readonly onChange: (preferences: ColumnPreferences) => void;
}

/** Which columns are shown, and in which order. */
export function ColumnMenu({ definition, preferences, onChange }: ColumnMenuProps) {
  const visible = visibleColumns(definition, preferences);
  const hidden = definition.columns.filter((column) => !visible.some(({ id }) => id === column.id));
  return (
    <Popover position="bottom-end" withinPortal trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label="Choose columns">
          <ActionIcon variant="subtle" aria-label="Choose columns">
            <Icon name="columns" />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={6}>
        <div className={styles.columnList} role="group" aria-label="Columns">
          {[...visible, ...hidden].map((column) => {
            const index = visible.findIndex(({ id }) => id === column.id);
            const isVisible = index >= 0;
            return (
              <div key={column.id} className={styles.columnEntry}>
                <Checkbox
                  size="xs"
                  label={column.title}
                  title={column.description}
                  checked={isVisible}
                  disabled={isVisible && visible.length === 1}
                  onChange={(event) =>
                    onChange(withVisibility(definition, preferences, column.id, event.currentTarget.checked))
                  }
                />
                <ActionIcon
                  size="xs"
                  variant="subtle"
                  aria-label={`Move ${column.title} up`}
                  disabled={index <= 0}
                  onClick={() => onChange(withPosition(definition, preferences, column.id, index - 1))}
                >
                  ↑
                </ActionIcon>
                <ActionIcon
                  size="xs"
                  variant="subtle"
                  aria-label={`Move ${column.title} down`}
                  disabled={!isVisible || index === visible.length - 1}
                  onClick={() => onChange(withPosition(definition, preferences, column.id, index + 1))}
                >
                  ↓
                </ActionIcon>
              </div>
            );
          })}
        </div>
        <Divider />
        <UnstyledButton className={styles.resetColumns} onClick={() => onChange({ order: null, widths: {} })}>
          Columns as at first
        </UnstyledButton>
      </Popover.Dropdown>
    </Popover>
  );
}
