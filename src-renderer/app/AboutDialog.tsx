import { Modal } from '@mantine/core';
import { useQuery } from '../bridge';
import { dialogActions, useDialogs } from '../stores/dialogs';
import styles from './app.module.css';

export function AboutDialog() {
  const isOpen = useDialogs((state) => state.open === 'about');
  const info = useQuery('app:info', isOpen ? {} : null).value;
  const facts = info && [
    ['Version', info.version],
    ['Electron', info.isFallbackRuntime ? `${info.electron} (development fallback)` : info.electron],
    ['Chromium', info.chromium],
    ['Node', info.node],
    ['Platform', info.platform],
    ['ffmpeg', info.ffmpeg ?? 'not found: MP4 cannot be written'],
  ];
  return (
    <Modal opened={isOpen} onClose={dialogActions.close} title="About Tapdeck">
      <p>Opens a network capture and gives back the media in it.</p>
      <dl className={styles.failureFacts}>
        {facts?.map(([name, value]) => (
          <div key={name} className={styles.factLine}>
            <dt>{name}</dt>
            <dd className="selectable">{value}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
