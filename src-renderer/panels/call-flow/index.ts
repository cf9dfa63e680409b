import type { PanelDefinition } from '../definition';
import { CallFlowPanel } from './CallFlowPanel';

export const callFlowPanel: PanelDefinition = {
  id: 'call-flow',
  title: 'Call Flow',
  icon: 'ladder',
  component: CallFlowPanel,
  placement: 'right',
};
