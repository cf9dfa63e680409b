import type { PanelDefinition } from '../definition';
import { ConversationsPanel } from './ConversationsPanel';

export const conversationsPanel: PanelDefinition = {
  id: 'conversations',
  title: 'Conversations',
  icon: 'conversation',
  component: ConversationsPanel,
  placement: 'center',
};
