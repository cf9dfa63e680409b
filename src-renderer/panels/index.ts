import { Registry } from '#shared/base/registry';
import type { PanelDefinition } from './definition';

/** Every panel of the window, in the order of its place: one line each. */
export const panels = new Registry<PanelDefinition>('panel', []);
