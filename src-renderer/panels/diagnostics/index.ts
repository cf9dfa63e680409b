import type { PanelDefinition } from '../definition';
import { DiagnosticsPanel } from './DiagnosticsPanel';

export const diagnosticsPanel: PanelDefinition = {
  id: 'diagnostics',
  title: 'Diagnostics',
  icon: 'diagnostic',
  component: DiagnosticsPanel,
  placement: 'center',
};
