import { create } from 'zustand';

export type DialogName = 'shortcuts' | 'about' | 'keys' | 'replay' | 'decode-as';

interface DialogState {
  readonly open: DialogName | null;
  /** What it is opened for: an address in Decode As. */
  readonly subject: string;
}

/** The dialog that stands over the window. */
export const useDialogs = create<DialogState>()(() => ({ open: null, subject: '' }));

export const dialogActions = {
  show(name: DialogName, subject = ''): void {
    useDialogs.setState({ open: name, subject });
  },
  close(): void {
    useDialogs.setState({ open: null });
  },
};
