import { createContext, useContext, useState } from 'react';

/** Whether the panel around is the visible one of its group; the dock tells. */
export const PanelVisibility = createContext(true);

/** A revision that stands still while the panel is hidden: what nobody sees is not asked for again. */
export function useShownRevision(revision: number): number {
  const isVisible = useContext(PanelVisibility);
  const [shown, setShown] = useState(revision);
  if (isVisible && shown !== revision) setShown(revision);
  return isVisible ? revision : shown;
}
