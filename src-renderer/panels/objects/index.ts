import type { PanelDefinition } from '../definition';
import { ObjectsPanel } from './ObjectsPanel';

export const objectsPanel: PanelDefinition = {
  id: 'objects',
  title: 'Objects',
  icon: 'object',
  component: ObjectsPanel,
  placement: 'center',
};
