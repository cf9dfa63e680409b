/** Top-level menus of the application menu, in this order; `export` is a submenu of File. */
export type MenuGroup = 'file' | 'export' | 'edit' | 'view' | 'go' | 'playback' | 'help';

/** One action of the window, as data: the native menu, the command palette and the shortcuts are all made from it. */
export interface CommandDescription {
  /** What travels in the `app:command` event. */
  readonly id: string;
  readonly title: string;
  /** Electron's accelerator notation (`CmdOrCtrl+O`, `Space`); null without a shortcut. */
  readonly accelerator: string | null;
  readonly menu: MenuGroup;
  /** A separator stands above it in the native menu. */
  readonly startsSection?: boolean;
}

export const menuTitles: Readonly<Record<MenuGroup, string>> = {
  file: 'File',
  export: 'Export',
  edit: 'Edit',
  view: 'View',
  go: 'Go',
  playback: 'Playback',
  help: 'Help',
};

/**
 * Every command that the native menu shows, in menu order. The window handles the keys itself (and prevents their
 * default action), so the menu only has to show them: `registerAccelerator: false`.
 */
export const menuCommands = [
  { id: 'file.open', title: 'Open…', accelerator: 'CmdOrCtrl+O', menu: 'file' },
  { id: 'file.open-sample', title: 'Open Sample Capture', accelerator: null, menu: 'file' },
  { id: 'file.stop-reading', title: 'Stop Reading', accelerator: 'CmdOrCtrl+.', menu: 'file', startsSection: true },
  { id: 'capture.follow', title: 'Follow Growing File', accelerator: null, menu: 'file' },
  { id: 'capture.keys', title: 'Decryption Keys…', accelerator: null, menu: 'file' },
  { id: 'capture.decode-as', title: 'Decode As…', accelerator: 'CmdOrCtrl+Shift+U', menu: 'file' },
  { id: 'file.close', title: 'Close Capture', accelerator: 'CmdOrCtrl+W', menu: 'file' },
  { id: 'file.clear-recent', title: 'Clear Recent Files', accelerator: null, menu: 'file' },

  { id: 'export.wav', title: 'Export as WAV…', accelerator: 'CmdOrCtrl+E', menu: 'export' },
  { id: 'export.mp4', title: 'Export as MP4 (AAC)…', accelerator: 'CmdOrCtrl+Shift+E', menu: 'export' },
  { id: 'export.au', title: 'Export as AU…', accelerator: null, menu: 'export' },
  { id: 'export.mkv', title: 'Export Video as MKV…', accelerator: null, menu: 'export' },
  { id: 'export.csv', title: 'Export List of Damaged Pictures…', accelerator: null, menu: 'export' },
  { id: 'export.raw', title: 'Export Raw Payload…', accelerator: null, menu: 'export' },
  { id: 'export.rtpdump', title: 'Export Packets as rtpdump…', accelerator: null, menu: 'export' },
  { id: 'export.sdp', title: 'Export Description (SDP)…', accelerator: null, menu: 'export' },
  { id: 'export.replay', title: 'Replay Stream…', accelerator: null, menu: 'export', startsSection: true },

  { id: 'edit.filter', title: 'Filter Table', accelerator: 'CmdOrCtrl+F', menu: 'edit', startsSection: true },
  { id: 'edit.copy-sha256', title: 'Copy SHA-256 of the Capture', accelerator: null, menu: 'edit' },

  { id: 'view.palette', title: 'Command Palette…', accelerator: 'CmdOrCtrl+K', menu: 'view' },
  { id: 'view.theme-dark', title: 'Dark Theme', accelerator: null, menu: 'view', startsSection: true },
  { id: 'view.theme-light', title: 'Light Theme', accelerator: null, menu: 'view' },
  { id: 'view.theme-system', title: 'Theme of the System', accelerator: null, menu: 'view' },
  { id: 'view.jobs', title: 'Jobs', accelerator: 'CmdOrCtrl+J', menu: 'view', startsSection: true },
  { id: 'view.reset-layout', title: 'Reset Layout', accelerator: null, menu: 'view' },

  { id: 'go.overview', title: 'Overview', accelerator: 'CmdOrCtrl+1', menu: 'go' },
  { id: 'go.calls', title: 'Calls', accelerator: 'CmdOrCtrl+2', menu: 'go' },
  { id: 'go.streams', title: 'Streams', accelerator: 'CmdOrCtrl+3', menu: 'go' },
  { id: 'go.sessions', title: 'Sessions', accelerator: null, menu: 'go' },
  { id: 'go.objects', title: 'Objects', accelerator: null, menu: 'go' },
  { id: 'go.conversations', title: 'Conversations', accelerator: 'CmdOrCtrl+4', menu: 'go' },
  { id: 'go.diagnostics', title: 'Diagnostics', accelerator: 'CmdOrCtrl+5', menu: 'go' },
  { id: 'go.call-flow', title: 'Call Flow', accelerator: 'CmdOrCtrl+6', menu: 'go', startsSection: true },
  { id: 'go.rtp-analysis', title: 'RTP Analysis', accelerator: 'CmdOrCtrl+7', menu: 'go' },
  { id: 'go.message', title: 'Message', accelerator: 'CmdOrCtrl+8', menu: 'go' },
  { id: 'go.object', title: 'Object', accelerator: null, menu: 'go' },
  { id: 'go.session', title: 'Session Details', accelerator: null, menu: 'go' },
  { id: 'go.player', title: 'Player', accelerator: 'CmdOrCtrl+9', menu: 'go' },
  { id: 'go.video', title: 'Video', accelerator: null, menu: 'go' },
  { id: 'go.packets', title: 'Packets', accelerator: 'CmdOrCtrl+0', menu: 'go', startsSection: true },
  { id: 'go.packet-detail', title: 'Packet Layers and Bytes', accelerator: null, menu: 'go' },
  { id: 'go.follow-stream', title: 'Followed Stream', accelerator: null, menu: 'go' },
  { id: 'go.selected-packets', title: 'Show Packets of Selection', accelerator: 'CmdOrCtrl+Shift+P', menu: 'go' },
  { id: 'go.follow-selected', title: 'Follow Stream of Packet', accelerator: 'CmdOrCtrl+Shift+F', menu: 'go' },

  { id: 'playback.toggle', title: 'Play or Pause', accelerator: 'Space', menu: 'playback' },
  { id: 'playback.back', title: 'Back 5 Seconds', accelerator: 'J', menu: 'playback', startsSection: true },
  { id: 'playback.forward', title: 'Forward 5 Seconds', accelerator: 'L', menu: 'playback' },
  { id: 'playback.start', title: 'To the Start', accelerator: 'CmdOrCtrl+Home', menu: 'playback' },

  { id: 'help.shortcuts', title: 'Keyboard Shortcuts', accelerator: 'F1', menu: 'help' },
  { id: 'help.about', title: 'About Tapdeck', accelerator: null, menu: 'help' },
] as const satisfies readonly CommandDescription[];

export type MenuCommandId = (typeof menuCommands)[number]['id'];
