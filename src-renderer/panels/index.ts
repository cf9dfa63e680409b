import { Registry } from '#shared/base/registry';
import { callFlowPanel } from './call-flow';
import { callsPanel } from './calls';
import { conversationsPanel } from './conversations';
import type { PanelDefinition } from './definition';
import { diagnosticsPanel } from './diagnostics';
import { messagePanel } from './message';
import { overviewPanel } from './overview';
import { playerPanel } from './player';
import { rtpAnalysisPanel } from './rtp-analysis';
import { streamsPanel } from './streams';

/** Every panel of the window, in the order of its place: one line each. */
export const panels = new Registry<PanelDefinition>('panel', [
  overviewPanel,
  callsPanel,
  streamsPanel,
  conversationsPanel,
  diagnosticsPanel,
  callFlowPanel,
  rtpAnalysisPanel,
  messagePanel,
  playerPanel,
]);
