import { exportChoices, packetsOf, showPackets, startExport, togglePlay } from '../../app/commands';
import type { RowMenuItem } from '../../widgets/DataGrid';

/** Play, packets and Export for a call, a stream or a video in a context menu. */
export function sourceMenu(kind: 'call' | 'stream' | 'video', sourceId: string, isPlayable: boolean): RowMenuItem[] {
  return [
    { id: 'play', label: 'Play', icon: 'player', isDisabled: !isPlayable, run: () => togglePlay(sourceId) },
    { id: 'packets', label: 'Show Packets', icon: 'packets', run: () => showPackets(packetsOf(sourceId)) },
    ...exportChoices(kind).map(({ format, label }, index) => ({
      id: `export-${format}`,
      label: `Export ${label}`,
      icon: 'download' as const,
      isDisabled: !isPlayable,
      startsSection: index === 0,
      run: () => void startExport(sourceId, format),
    })),
  ];
}
