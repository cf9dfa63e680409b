import { Modal } from '@mantine/core';
import { menuCommands, menuTitles } from '#shared/model/commands';
import { dialogActions, useDialogs } from '../stores/dialogs';
import styles from './app.module.css';
import { shortcutLabel } from './commands';

/** Keys that belong to what has the focus, not to the window. */
const localKeys = [
  { keys: '↑ ↓ PgUp PgDn Home End', title: 'Move in a table or in the timeline' },
  { keys: 'Shift+↑ ↓', title: 'Select several rows' },
  { keys: 'Enter', title: 'Open or play the row' },
  { keys: 'Space', title: 'Play the row' },
  { keys: shortcutLabel('CmdOrCtrl+A'), title: 'Select all rows' },
  { keys: shortcutLabel('CmdOrCtrl+C'), title: 'Copy the selected rows' },
  { keys: 'Shift+F10', title: 'Menu of the row' },
  { keys: 'Alt+← →', title: 'Resize the column whose title has the focus' },
  { keys: 'Shift+← →', title: 'Move the column whose title has the focus' },
] as const;

export function ShortcutsDialog() {
  const isOpen = useDialogs((state) => state.open === 'shortcuts');
  return (
    <Modal opened={isOpen} onClose={dialogActions.close} title="Keyboard shortcuts" size="xl">
      <div className={styles.shortcuts}>
        <table>
          <caption>Everywhere</caption>
          <tbody>
            {menuCommands.map(
              ({ id, title, accelerator, menu }) =>
                accelerator !== null && (
                  <tr key={id}>
                    <th scope="row">
                      <kbd>{shortcutLabel(accelerator)}</kbd>
                    </th>
                    <td>
                      {menu === 'go' ? `${menuTitles.go} to ` : ''}
                      {title.replace('…', '')}
                    </td>
                  </tr>
                ),
            )}
          </tbody>
        </table>
        <table>
          <caption>In tables and the timeline</caption>
          <tbody>
            {localKeys.map(({ keys, title }) => (
              <tr key={keys}>
                <th scope="row">
                  <kbd>{keys}</kbd>
                </th>
                <td>{title}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Modal>
  );
}
