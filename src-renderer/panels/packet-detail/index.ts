import type { PanelDefinition } from '../definition';
import { PacketDetailPanel } from './PacketDetailPanel';

export const packetDetailPanel: PanelDefinition = {
  id: 'packet-detail',
  title: 'Packet',
  icon: 'packet',
  component: PacketDetailPanel,
  placement: 'right',
};
