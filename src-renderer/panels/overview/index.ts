import type { PanelDefinition } from '../definition';
import { OverviewPanel } from './OverviewPanel';

export const overviewPanel: PanelDefinition = {
  id: 'overview',
  title: 'Overview',
  icon: 'overview',
  component: OverviewPanel,
  placement: 'center',
};
