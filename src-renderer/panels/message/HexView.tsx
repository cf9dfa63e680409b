import { useState } from 'react';
import { Button } from '@mantine/core';
import { formatBytes } from '../../widgets/format';
import { hexDump } from './hex-dump';
import styles from './message.module.css';

/** A message is rarely longer; what is longer is shown on demand. */
const firstBytes = 16 * 1024;

export function HexView({ bytes }: { bytes: Uint8Array }) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? bytes : bytes.subarray(0, firstBytes);
  return (
    <>
      <pre className={styles.hex}>
        {hexDump(shown).map(({ offset, hex, text }) => (
          <div key={offset}>
            <span className={styles.offset}>{offset}</span> {hex.padEnd(48)} {text}
          </div>
        ))}
      </pre>
      {shown.length < bytes.length && (
        <Button variant="default" onClick={() => setIsWhole(true)}>
          Show all {formatBytes(bytes.length)}
        </Button>
      )}
    </>
  );
}
