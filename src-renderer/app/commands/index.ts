export { type Command, commands, runCommand } from './commands';
export { type ExportChoice, exportChoices, startExport, type WindowExportFormat } from './export';
export { openPath, openSample, openWithDialog, stopReading } from './open';
export { togglePlay } from './playback';
export { isTakenByTarget, matchesAccelerator, shortcutLabel } from './shortcuts';
