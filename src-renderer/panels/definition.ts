import type { ComponentType } from 'react';
import type { IconName } from '../widgets/Icon';

/** A part of the window: one folder exports one, `panels/index.ts` lists it. */
export interface PanelDefinition {
  readonly id: string;
  readonly title: string;
  /** Name of a glyph in `widgets/Icon`. */
  readonly icon: IconName;
  readonly component: ComponentType;
  /** Where it stands in the layout that the app starts with. Panels of the centre have a button in the activity bar. */
  readonly placement: 'center' | 'right' | 'right-lower' | 'bottom';
}
