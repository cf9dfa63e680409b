import { spotlight } from '@mantine/spotlight';
import { Registry } from '#shared/base/registry';
import { type CommandDescription, type MenuCommandId, menuCommands } from '#shared/model/commands';
import { perform } from '../../bridge';
import { dialogActions } from '../../stores/dialogs';
import { jobsActions, useJobs } from '../../stores/jobs';
import { layoutActions, type ThemeChoice } from '../../stores/layout';
import { playheadActions, usePlayhead } from '../../stores/playhead';
import { playableSourceId, selectedSourceId, useSelection } from '../../stores/selection';
import { useSession } from '../../stores/session';
import { exportSelection } from './export';
import { focusFilter } from './focus';
import { canFollow, closeCapture, openSample, openWithDialog, stopReading, toggleFollowing } from './open';
import { followSelectedFrame, showSelectedPackets } from './packets';
import { skip, togglePlayback } from './playback';

/** An action of the window: menu, palette and shortcuts all run it through `runCommand`. */
export interface Command extends CommandDescription {
  readonly isEnabled: () => boolean;
  readonly run: () => unknown;
}

interface Implementation {
  readonly run: () => unknown;
  /** Always, when left out. */
  readonly isEnabled?: () => boolean;
}

const hasCapture = (): boolean => useSession.getState().capture !== null;
const isReading = (): boolean => useSession.getState().capture?.state === 'loading';
const hasSource = (): boolean => playableSourceId(useSelection.getState()) !== null;
const hasStream = (): boolean => useSelection.getState().streamId !== null;
const hasFrame = (): boolean => useSelection.getState().frame !== null;
const hasSelection = (): boolean => hasFrame() || selectedSourceId(useSelection.getState()) !== null;
const hasSound = (): boolean => usePlayhead.getState().sourceId !== null;
const reveal = (panelId: string): Implementation => ({
  isEnabled: hasCapture,
  run: () => layoutActions.reveal(panelId, { focus: true }),
});
const theme = (choice: ThemeChoice): Implementation => ({
  run: () => {
    layoutActions.setTheme(choice);
    return perform('app:set-theme', { theme: choice });
  },
});

const implementations: Readonly<Record<MenuCommandId, Implementation>> = {
  'file.open': { run: openWithDialog },
  'file.open-sample': { run: openSample },
  'file.stop-reading': { isEnabled: isReading, run: stopReading },
  'capture.follow': { isEnabled: canFollow, run: toggleFollowing },
  'capture.keys': { isEnabled: hasCapture, run: () => dialogActions.show('keys') },
  'capture.decode-as': { isEnabled: hasCapture, run: () => dialogActions.show('decode-as') },
  'file.close': { isEnabled: hasCapture, run: closeCapture },
  'file.clear-recent': { run: () => perform('app:clear-recent-files', {}) },
  'export.wav': { isEnabled: hasSource, run: () => exportSelection('wav') },
  'export.mp4': { isEnabled: hasSource, run: () => exportSelection('mp4') },
  'export.au': { isEnabled: hasSource, run: () => exportSelection('au') },
  'export.mkv': { isEnabled: hasStream, run: () => exportSelection('mkv') },
  'export.csv': { isEnabled: hasStream, run: () => exportSelection('csv') },
  'export.raw': { isEnabled: hasStream, run: () => exportSelection('raw') },
  'export.rtpdump': { isEnabled: hasStream, run: () => exportSelection('rtpdump') },
  'export.sdp': { isEnabled: hasStream, run: () => exportSelection('sdp') },
  'export.replay': { isEnabled: hasStream, run: () => dialogActions.show('replay') },
  'edit.filter': { isEnabled: hasCapture, run: focusFilter },
  'edit.copy-sha256': {
    isEnabled: () => Boolean(useSession.getState().capture?.sha256),
    run: () => perform('app:copy-text', { text: useSession.getState().capture?.sha256 ?? '' }),
  },
  'view.palette': { run: () => spotlight.open() },
  'view.theme-dark': theme('dark'),
  'view.theme-light': theme('light'),
  'view.theme-system': theme('system'),
  'view.jobs': { run: () => jobsActions.setTrayOpen(!useJobs.getState().isTrayOpen) },
  'view.reset-layout': { run: () => layoutActions.resetDock() },
  'go.overview': reveal('overview'),
  'go.calls': reveal('calls'),
  'go.streams': reveal('streams'),
  'go.sessions': reveal('sessions'),
  'go.objects': reveal('objects'),
  'go.object': reveal('object'),
  'go.session': reveal('session'),
  'go.conversations': reveal('conversations'),
  'go.diagnostics': reveal('diagnostics'),
  'go.call-flow': reveal('call-flow'),
  'go.rtp-analysis': reveal('rtp-analysis'),
  'go.message': reveal('message'),
  'go.player': reveal('player'),
  'go.video': reveal('video'),
  'go.packets': reveal('packets'),
  'go.packet-detail': reveal('packet-detail'),
  'go.follow-stream': reveal('follow-stream'),
  'go.selected-packets': { isEnabled: hasSelection, run: showSelectedPackets },
  'go.follow-selected': { isEnabled: hasFrame, run: followSelectedFrame },
  'playback.toggle': { isEnabled: () => hasSound() || hasSource(), run: togglePlayback },
  'playback.back': { isEnabled: hasSound, run: () => skip(-5) },
  'playback.forward': { isEnabled: hasSound, run: () => skip(5) },
  'playback.start': { isEnabled: hasSound, run: () => playheadActions.seek('command', 0) },
  'help.shortcuts': { run: () => dialogActions.show('shortcuts') },
  'help.about': { run: () => dialogActions.show('about') },
};

export const commands = new Registry<Command>(
  'command',
  menuCommands.map((description) => {
    const { run, isEnabled = () => true } = implementations[description.id];
    return { ...description, run, isEnabled };
  }),
);

/** Runs a command if it exists and is possible now; tells whether it did. */
export function runCommand(id: string): boolean {
  const command = commands.get(id);
  if (!command?.isEnabled()) return false;
  void command.run();
  return true;
}
