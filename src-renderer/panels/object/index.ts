import type { PanelDefinition } from '../definition';
import { ObjectPanel } from './ObjectPanel';

export const objectPanel: PanelDefinition = {
  id: 'object',
  title: 'Object',
  icon: 'object',
  component: ObjectPanel,
  placement: 'right',
};
