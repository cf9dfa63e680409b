import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useState } from 'react';
import { menuTitles } from '#shared/model/commands';
import type { RecentFile } from '#shared/ipc/contract';
import { invoke } from '../bridge';
import { Icon } from '../widgets/Icon';
import styles from './app.module.css';
import { commands, openPath, runCommand, shortcutLabel } from './commands';

/** Every command that is possible now, and the recent files. */
export function CommandPalette() {
  const [groups, setGroups] = useState<SpotlightActionGroupData[]>([]);
  const collect = (): void => {
    setGroups(commandGroups([]));
    void invoke('app:recent-files', {}).then((result) => {
      if (result.ok) setGroups(commandGroups(result.value));
    });
  };
  return (
    <Spotlight
      actions={groups}
      onSpotlightOpen={collect}
      shortcut={null}
      highlightQuery
      scrollable
      maxHeight={420}
      nothingFound="No such command"
      transitionProps={{ duration: 80 }}
      searchProps={{
        placeholder: 'Search commands and recent files',
        'aria-label': 'Search commands and recent files',
        leftSection: <Icon name="search" />,
      }}
      classNames={{ content: styles.palette, action: styles.paletteAction, actionsGroup: styles.paletteGroup }}
    />
  );
}

function commandGroups(recent: readonly RecentFile[]): SpotlightActionGroupData[] {
  const groups = new Map<string, SpotlightActionData[]>();
  for (const command of commands.values()) {
    if (command.id === 'view.palette' || !command.isEnabled()) continue;
    const title = menuTitles[command.menu];
    const actions = groups.get(title) ?? [];
    groups.set(title, actions);
    actions.push({
      id: command.id,
      label: command.title,
      keywords: [title],
      rightSection: command.accelerator ? <kbd>{shortcutLabel(command.accelerator)}</kbd> : undefined,
      onClick: () => runCommand(command.id),
    });
  }
  if (recent.length > 0) {
    groups.set(
      'Open recent',
      recent.map((file) => ({
        id: `recent:${file.path}`,
        label: file.name,
        description: file.path,
        onClick: () => void openPath(file.path),
      })),
    );
  }
  return [...groups].map(([group, actions]) => ({ group, actions }));
}
