import type { DockviewApi, IDockviewPanel, SerializedDockview } from 'dockview-react';
import { panels } from '../../panels';
import type { PanelDefinition } from '../../panels/definition';

type Placement = PanelDefinition['placement'];

const rightShare = 0.36;
const bottomHeight = 210;
const lowerRightShare = 0.38;

/** The layout that the app starts with: tables in the middle, the inspector at the right, the player below. */
export function arrange(dock: DockviewApi): void {
  dock.clear();
  const size = { width: dock.width, height: dock.height };
  const bottom = Math.round(Math.min(bottomHeight, size.height * 0.32));
  const first = new Map<Placement, string>();
  for (const placement of ['center', 'bottom', 'right', 'right-lower'] as const) {
    for (const definition of panels.values()) {
      if (definition.placement === placement) place(dock, definition, first);
    }
  }
  for (const id of first.values()) dock.getPanel(id)?.api.setActive();
  const heightAbove = size.height - bottom;
  const resize = (placement: Placement, to: { width?: number; height?: number }): void => {
    const id = first.get(placement);
    if (id !== undefined) dock.getPanel(id)?.api.setSize(to);
  };
  resize('bottom', { height: bottom });
  resize('right', { width: Math.round(size.width * rightShare) });
  resize('right-lower', { height: Math.round(heightAbove * lowerRightShare) });
  const center = first.get('center');
  if (center !== undefined) dock.getPanel(center)?.api.setActive();
}

function place(dock: DockviewApi, definition: PanelDefinition, first: Map<Placement, string>): void {
  const { id, title, placement } = definition;
  const neighbour = first.get(placement);
  const position = neighbour
    ? ({ referencePanel: neighbour, direction: 'within' } as const)
    : startOf(placement, first);
  dock.addPanel({ id, component: id, title, inactive: neighbour !== undefined, ...(position ? { position } : {}) });
  if (!neighbour) first.set(placement, id);
}

function startOf(placement: Placement, first: Map<Placement, string>) {
  const center = first.get('center');
  const right = first.get('right');
  if (placement === 'bottom') return { direction: 'below' } as const;
  if (placement === 'right-lower' && right) return { referencePanel: right, direction: 'below' } as const;
  if (placement.startsWith('right') && center) return { referencePanel: center, direction: 'right' } as const;
  return undefined;
}

/** Brings a remembered layout back; answers false when it does not fit the panels of today. */
export function restore(dock: DockviewApi, remembered: object): boolean {
  try {
    dock.fromJSON(remembered as SerializedDockview);
  } catch {
    return false;
  }
  return (
    panels.values().every(({ id }) => dock.getPanel(id) !== undefined) && dock.panels.length === panels.values().length
  );
}

/** Whether a panel is the visible one of its group. */
export function isPanelInFront(panel: IDockviewPanel): boolean {
  return panel.group.activePanel?.id === panel.id;
}
