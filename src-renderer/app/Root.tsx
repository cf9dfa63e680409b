import { MantineProvider } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import { useLayout } from '../stores/layout';
import { Shell } from './Shell';
import { cssVariables, theme } from './theme';

export function Root() {
  const choice = useLayout((state) => state.theme);
  const isSystemLight = useMediaQuery('(prefers-color-scheme: light)', false, { getInitialValueInEffect: false });
  const scheme = choice === 'system' ? (isSystemLight ? 'light' : 'dark') : choice;
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} forceColorScheme={scheme}>
      <Notifications position="bottom-right" transitionDuration={120} limit={4} />
      <Shell />
    </MantineProvider>
  );
}
