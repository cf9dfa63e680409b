import type { PanelDefinition } from '../definition';
import { PlayerPanel } from './PlayerPanel';

export const playerPanel: PanelDefinition = {
  id: 'player',
  title: 'Player',
  icon: 'player',
  component: PlayerPanel,
  placement: 'bottom',
};
