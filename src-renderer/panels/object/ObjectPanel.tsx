import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { ObjectPreview } from '#shared/model/session';
import { startExport } from '../../app/commands';
import { useQuery } from '../../bridge';
import { useSelection } from '../../stores/selection';
import { useCaptureId } from '../../stores/session';
import { formatBytes } from '../../widgets/format';
import { HexView } from '../../widgets/HexView/HexView';
import { Icon } from '../../widgets/Icon';
import { PanelNote } from '../PanelNote';
import styles from './object.module.css';
import { previewKind } from './preview-kind';

/** A look at the selected object: picture, sound, film, text, or its bytes. */
export function ObjectPanel() {
  const captureId = useCaptureId();
  const objectId = useSelection((state) => state.objectId);
  const preview = useQuery('object:preview', captureId && objectId ? { captureId, objectId } : null);
  if (objectId === null) {
    return <PanelNote title="No object selected">Choose an object to look at it.</PanelNote>;
  }
  if (preview.failure) return <PanelNote title="The object could not be read">{preview.failure.message}</PanelNote>;
  return preview.value && <Preview key={preview.value.objectId} preview={preview.value} />;
}

function Preview({ preview }: { readonly preview: ObjectPreview }) {
  const { bytes, mime, note, objectId, totalBytes } = preview;
  const isWhole = bytes.length === totalBytes;
  return (
    <div className={styles.panel}>
      <div className={styles.toolbar} role="toolbar" aria-label="Object">
        <span className={styles.facts}>
          {mime}, {formatBytes(totalBytes)}
        </span>
        <Button
          variant="subtle"
          color="gray"
          leftSection={<Icon name="download" size={14} />}
          onClick={() => void startExport(objectId, 'original')}
        >
          Save…
        </Button>
      </div>
      {note !== null && <p className={styles.note}>{note}</p>}
      {!isWhole && <p className={styles.note}>Only the first {formatBytes(bytes.length)} are shown.</p>}
      <div className={styles.content} data-testid="object-preview" data-kind={previewKind(mime, note, isWhole)}>
        <Content preview={preview} isWhole={isWhole} />
      </div>
    </div>
  );
}

function Content({ preview, isWhole }: { readonly preview: ObjectPreview; readonly isWhole: boolean }) {
  const { bytes, mime, note } = preview;
  const kind = previewKind(mime, note, isWhole);
  const source = useMemo(() => sourceFor(bytes, mime), [bytes, mime]);
  const [failed, setFailed] = useState(false);
  const [marked, setMarked] = useState(0);
  if (kind === 'text') return <pre className={styles.text}>{new TextDecoder().decode(bytes)}</pre>;
  if (kind !== 'bytes' && !failed) {
    const common = { ref: source, className: styles.media, onError: () => setFailed(true) };
    if (kind === 'picture') return <img alt="The object" {...common} />;
    return kind === 'sound' ? <audio controls {...common} /> : <video controls {...common} />;
  }
  return (
    <HexView
      bytes={bytes}
      label="Bytes of the object"
      marked={{ offset: marked, length: 1 }}
      onByte={setMarked}
      onCopy={() => undefined}
    />
  );
}

/** Gives an element an address for bytes that only this window knows, as long as it is shown. */
function sourceFor(bytes: Uint8Array, mime: string) {
  return (element: HTMLImageElement | HTMLMediaElement | null) => {
    if (element === null) return undefined;
    const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mime }));
    element.src = url;
    return () => URL.revokeObjectURL(url);
  };
}
