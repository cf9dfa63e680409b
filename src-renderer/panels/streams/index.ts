import type { PanelDefinition } from '../definition';
import { StreamsPanel } from './StreamsPanel';

export const streamsPanel: PanelDefinition = {
  id: 'streams',
  title: 'Streams',
  icon: 'stream',
  component: StreamsPanel,
  placement: 'center',
};
