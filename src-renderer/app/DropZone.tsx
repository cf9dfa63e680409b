import { useEffect, useState } from 'react';
import { pathForFile, reportFailure } from '../bridge';
import { Icon } from '../widgets/Icon';
import styles from './app.module.css';
import { openPaths } from './commands';

/** Files may be dropped anywhere in the window. */
export function DropZone() {
  const [isOver, setIsOver] = useState(false);

  useEffect(() => {
    const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const onDragOver = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
      setIsOver(true);
    };
    const onDragLeave = (event: DragEvent): void => {
      // Between elements of the window the drag goes on: only without a next one has it left.
      if (event.relatedTarget === null) setIsOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      setIsOver(false);
      if (!carriesFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      openDropped([...(event.dataTransfer?.files ?? [])]);
    };
    // In the capture phase, before the dock takes drags for its own.
    const options = { capture: true };
    window.addEventListener('dragenter', onDragOver, options);
    window.addEventListener('dragover', onDragOver, options);
    window.addEventListener('dragleave', onDragLeave, options);
    window.addEventListener('drop', onDrop, options);
    return () => {
      window.removeEventListener('dragenter', onDragOver, options);
      window.removeEventListener('dragover', onDragOver, options);
      window.removeEventListener('dragleave', onDragLeave, options);
      window.removeEventListener('drop', onDrop, options);
    };
  }, []);

  if (!isOver) return null;
  return (
    <div className={styles.dropOverlay} data-testid="drop-overlay">
      <div className={styles.dropFrame}>
        <Icon name="download" size={40} />
        <span>Drop to open</span>
      </div>
    </div>
  );
}

function openDropped(files: readonly File[]): void {
  const paths = files.map(pathForFile);
  if (paths.includes('')) {
    reportFailure({
      code: 'drop-without-path',
      message: 'What was dropped is not a file on this computer.',
      hint: 'Save it first, then drop the file.',
    });
    return;
  }
  void openPaths(paths);
}
