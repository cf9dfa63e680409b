import type { PanelDefinition } from '../definition';
import { MessagePanel } from './MessagePanel';

export const messagePanel: PanelDefinition = {
  id: 'message',
  title: 'Message',
  icon: 'message',
  component: MessagePanel,
  placement: 'right-lower',
};
