import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { RecentFile } from '#shared/ipc/contract';
import { type CommandDescription, type MenuGroup, menuCommands, menuTitles } from '#shared/model/commands';

export interface MenuActions {
  readonly runCommand: (commandId: string) => void;
  readonly openPath: (path: string) => void;
}

type Item = MenuItemConstructorOptions;
const separator: Item = { type: 'separator' };

/** Makes the application menu anew; recent files are part of it. */
export function installMenu(recentFiles: readonly RecentFile[], actions: MenuActions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(recentFiles, actions)));
}

/** The menu as data: every command of `menuCommands` in its group, and what the system does itself. */
function menuTemplate(recentFiles: readonly RecentFile[], actions: MenuActions): Item[] {
  const isMac = process.platform === 'darwin';
  const commands = (group: MenuGroup): Item[] =>
    menuCommands
      .filter((command) => command.menu === group && command.id !== 'file.clear-recent')
      .flatMap((command) => commandItems(command, actions));
  const clearRecent = menuCommands.filter((command) => command.id === 'file.clear-recent');
  const recent: Item = {
    label: 'Open Recent',
    enabled: recentFiles.length > 0,
    submenu: [
      ...recentFiles.map(({ path, name }) => ({ label: name, toolTip: path, click: () => actions.openPath(path) })),
      separator,
      ...clearRecent.flatMap((command) => commandItems(command, actions)),
    ],
  };
  const [open, ...file] = commands('file');
  return [
    ...(isMac ? [{ role: 'appMenu' } satisfies Item] : []),
    {
      label: menuTitles.file,
      submenu: [
        ...(open ? [open] : []),
        recent,
        ...file,
        separator,
        { label: menuTitles.export, submenu: commands('export') },
        ...(isMac ? [] : [separator, { role: 'quit' } satisfies Item]),
      ],
    },
    {
      label: menuTitles.edit,
      submenu: [{ role: 'copy' }, { role: 'paste' }, { role: 'selectAll' }, ...commands('edit')],
    },
    {
      label: menuTitles.view,
      submenu: [
        ...commands('view'),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        ...(app.isPackaged ? [] : [separator, { role: 'toggleDevTools' } satisfies Item]),
      ],
    },
    { label: menuTitles.go, submenu: commands('go') },
    { label: menuTitles.playback, submenu: commands('playback') },
    { role: 'help', label: menuTitles.help, submenu: commands('help') },
  ];
}

/** The page handles the keys itself, so the menu only shows them. */
function commandItems(command: CommandDescription, { runCommand }: MenuActions): Item[] {
  const item: Item = {
    id: command.id,
    label: command.title,
    ...(command.accelerator ? { accelerator: command.accelerator, registerAccelerator: false } : {}),
    click: () => runCommand(command.id),
  };
  return command.startsSection ? [separator, item] : [item];
}
