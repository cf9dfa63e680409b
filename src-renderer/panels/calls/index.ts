import type { PanelDefinition } from '../definition';
import { CallsPanel } from './CallsPanel';

export const callsPanel: PanelDefinition = {
  id: 'calls',
  title: 'Calls',
  icon: 'call',
  component: CallsPanel,
  placement: 'center',
};
