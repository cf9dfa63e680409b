import type { PanelDefinition } from '../definition';
import { VideoPanel } from './VideoPanel';

export const videoPanel: PanelDefinition = {
  id: 'video',
  title: 'Video',
  icon: 'video',
  component: VideoPanel,
  placement: 'right',
};
