import { Menu } from '@mantine/core';
import type { IconName } from '../Icon';
import { Icon } from '../Icon';

export interface RowMenuItem {
  readonly id: string;
  readonly label: string;
  readonly icon?: IconName;
  readonly isDisabled?: boolean;
  readonly run: () => void;
  /** A line stands above it. */
  readonly startsSection?: boolean;
}

interface RowMenuProps {
  /** Where it was asked for, in the window; null while closed. */
  readonly at: { readonly x: number; readonly y: number } | null;
  readonly items: readonly RowMenuItem[];
  readonly onClose: () => void;
}

/** What can be done with the selected rows. */
export function RowMenu({ at, items, onClose }: RowMenuProps) {
  return (
    <Menu
      opened={at !== null}
      onChange={(isOpen) => !isOpen && onClose()}
      position="bottom-start"
      offset={0}
      withinPortal
      returnFocus
    >
      <Menu.Target>
        <span aria-hidden style={{ position: 'fixed', left: at?.x ?? 0, top: at?.y ?? 0, width: 1, height: 1 }} />
      </Menu.Target>
      <Menu.Dropdown>
        {items.map((item) => (
          <div key={item.id} role="none">
            {item.startsSection && <Menu.Divider />}
            <Menu.Item
              disabled={item.isDisabled}
              leftSection={item.icon ? <Icon name={item.icon} size={14} /> : <span style={{ width: 14 }} />}
              onClick={item.run}
            >
              {item.label}
            </Menu.Item>
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
