import { exportChoices, type ExportSubject, packetsOf, showPackets, startExport, togglePlay } from '../../app/commands';
import type { RowMenuItem } from '../../widgets/DataGrid';

/** Play, packets and Export for a call, a stream, a video or a session in a context menu. */
export function sourceMenu(subject: ExportSubject, sourceId: string, isPlayable: boolean): RowMenuItem[] {
  return [
    { id: 'play', label: 'Play', icon: 'player', isDisabled: !isPlayable, run: () => togglePlay(sourceId) },
    { id: 'packets', label: 'Show Packets', icon: 'packets', run: () => showPackets(packetsOf(sourceId)) },
    ...exportChoices(subject).map(({ format, label }, index) => ({
      id: `export-${format}`,
      label: `Export ${label}`,
      icon: 'download' as const,
      isDisabled: !isPlayable && format !== 'pcap',
      startsSection: index === 0,
      run: () => void startExport(sourceId, format),
    })),
  ];
}
