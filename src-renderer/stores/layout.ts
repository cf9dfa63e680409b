import { create } from 'zustand';

export type ThemeChoice = 'dark' | 'light' | 'system';

/** Columns of one table as the user left them. */
export interface GridPreferences {
  /** Visible columns in their order; null while untouched. */
  readonly order: readonly string[] | null;
  readonly widths: Readonly<Record<string, number>>;
}

/**
 * How the window is arranged. Everything but `reveal` is remembered across starts.
 *
 *   layoutActions.reveal('rtp-analysis');   // brings a panel to the front, wherever the user put it
 */
export interface LayoutState {
  readonly theme: ThemeChoice;
  /** The dock's own serialised form; null for the layout that the app starts with. */
  readonly dock: object | null;
  readonly grids: Readonly<Record<string, GridPreferences>>;
  /** Panel that should come to the front; `serial` grows with each wish, `focus` moves the keyboard there too. */
  readonly reveal: { readonly serial: number; readonly panelId: string | null; readonly focus: boolean };
  /** Grows when the dock shall go back to the layout that the app starts with. */
  readonly resetSerial: number;
}

type Remembered = Pick<LayoutState, 'theme' | 'dock' | 'grids'>;

const storageKey = 'tapdeck.layout.1';
const untouched: GridPreferences = { order: null, widths: {} };

export const useLayout = create<LayoutState>()(() => ({
  ...recall(),
  reveal: { serial: 0, panelId: null, focus: false },
  resetSerial: 0,
}));

export const layoutActions = {
  setTheme(theme: ThemeChoice): void {
    useLayout.setState({ theme });
    remember();
  },
  setDock(dock: object): void {
    useLayout.setState({ dock });
    remember();
  },
  resetDock(): void {
    useLayout.setState((state) => ({ dock: null, resetSerial: state.resetSerial + 1 }));
    remember();
  },
  setGrid(table: string, preferences: GridPreferences): void {
    useLayout.setState((state) => ({ grids: { ...state.grids, [table]: preferences } }));
    remember();
  },
  reveal(panelId: string, { focus = false }: { readonly focus?: boolean } = {}): void {
    useLayout.setState((state) => ({ reveal: { serial: state.reveal.serial + 1, panelId, focus } }));
  },
};

export function useGridPreferences(table: string): GridPreferences {
  return useLayout((state) => state.grids[table] ?? untouched);
}

function remember(): void {
  const { theme, dock, grids } = useLayout.getState();
  const remembered: Remembered = { theme, dock, grids };
  localStorage.setItem(storageKey, JSON.stringify(remembered));
}

function recall(): Remembered {
  const defaults: Remembered = { theme: 'dark', dock: null, grids: {} };
  const text = localStorage.getItem(storageKey);
  if (text === null) return defaults;
  try {
    return { ...defaults, ...(JSON.parse(text) as Partial<Remembered>) };
  } catch {
    return defaults;
  }
}
