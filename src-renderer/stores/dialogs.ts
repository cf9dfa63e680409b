import { create } from 'zustand';

export type DialogName = 'shortcuts' | 'about' | 'keys' | 'replay';

/** The dialog that stands over the window. */
export const useDialogs = create<{ readonly open: DialogName | null }>()(() => ({ open: null }));

export const dialogActions = {
  show(name: DialogName): void {
    useDialogs.setState({ open: name });
  },
  close(): void {
    useDialogs.setState({ open: null });
  },
};
