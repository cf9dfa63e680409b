export { commands, runCommand } from './commands';
export { exportChoices, type ExportSubject, startExport } from './export';
export { openPath, openPaths, stopReading, toggleFollowing } from './open';
export { canFollow, followConversation, packetsOf, showFrame, showPackets } from './packets';
export { togglePlay } from './playback';
export { shortcutLabel } from './shortcuts';
