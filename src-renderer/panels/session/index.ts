import type { PanelDefinition } from '../definition';
import { SessionPanel } from './SessionPanel';

export const sessionPanel: PanelDefinition = {
  id: 'session',
  title: 'Session',
  icon: 'session',
  component: SessionPanel,
  placement: 'right-lower',
};
