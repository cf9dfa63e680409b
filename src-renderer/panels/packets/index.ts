import type { PanelDefinition } from '../definition';
import { PacketsPanel } from './PacketsPanel';

export const packetsPanel: PanelDefinition = {
  id: 'packets',
  title: 'Packets',
  icon: 'packets',
  component: PacketsPanel,
  placement: 'center',
};
