import type { PanelDefinition } from '../definition';
import { FollowStreamPanel } from './FollowStreamPanel';

export const followStreamPanel: PanelDefinition = {
  id: 'follow-stream',
  title: 'Follow',
  icon: 'conversation',
  component: FollowStreamPanel,
  placement: 'right',
};
