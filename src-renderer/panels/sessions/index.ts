import type { PanelDefinition } from '../definition';
import { SessionsPanel } from './SessionsPanel';

export const sessionsPanel: PanelDefinition = {
  id: 'sessions',
  title: 'Sessions',
  icon: 'session',
  component: SessionsPanel,
  placement: 'center',
};
