import { Registry } from '#shared/base/registry';
import { callFlowPanel } from './call-flow';
import { callsPanel } from './calls';
import { conversationsPanel } from './conversations';
import type { PanelDefinition } from './definition';
import { diagnosticsPanel } from './diagnostics';
import { followStreamPanel } from './follow-stream';
import { messagePanel } from './message';
import { overviewPanel } from './overview';
import { packetDetailPanel } from './packet-detail';
import { packetsPanel } from './packets';
import { objectPanel } from './object';
import { objectsPanel } from './objects';
import { playerPanel } from './player';
import { rtpAnalysisPanel } from './rtp-analysis';
import { sessionPanel } from './session';
import { sessionsPanel } from './sessions';
import { streamsPanel } from './streams';
import { videoPanel } from './video';

/** Every panel of the window, in the order of its place: one line each. */
export const panels = new Registry<PanelDefinition>('panel', [
  overviewPanel,
  callsPanel,
  sessionsPanel,
  streamsPanel,
  objectsPanel,
  conversationsPanel,
  packetsPanel,
  diagnosticsPanel,
  callFlowPanel,
  rtpAnalysisPanel,
  videoPanel,
  objectPanel,
  packetDetailPanel,
  followStreamPanel,
  messagePanel,
  sessionPanel,
  playerPanel,
]);
