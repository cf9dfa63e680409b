import { useSession } from '../stores/session';
import { AboutDialog } from './AboutDialog';
import { DecodeAsDialog } from './decode-as/DecodeAsDialog';
import { KeysDialog } from './KeysDialog';
import styles from './app.module.css';
import { CommandPalette } from './CommandPalette';
import { useShortcuts } from './commands/use-shortcuts';
import { DropZone } from './DropZone';
import { ErrorBoundary } from './ErrorBoundary';
import { FailureBanner } from './FailureBanner';
import { HeaderBar } from './HeaderBar';
import { ReplayDialog } from './ReplayDialog';
import { ShortcutsDialog } from './ShortcutsDialog';
import { useMainProcessEvents } from './use-main-process-events';
import { useSelectionFlow } from './use-selection-flow';
import { Welcome } from './Welcome';
import { Workbench } from './workbench/Workbench';

export function Shell() {
  useMainProcessEvents();
  useSelectionFlow();
  useShortcuts();
  const hasCapture = useSession((state) => state.capture !== null);
  return (
    <div className={styles.shell}>
      <HeaderBar />
      {hasCapture && <FailureBanner />}
      <main className={styles.main}>
        <ErrorBoundary title="The window">{hasCapture ? <Workbench /> : <Welcome />}</ErrorBoundary>
      </main>
      <DropZone />
      <CommandPalette />
      <ShortcutsDialog />
      <AboutDialog />
      <KeysDialog />
      <DecodeAsDialog />
      <ReplayDialog />
    </div>
  );
}
