import type { PanelDefinition } from '../definition';
import { RtpAnalysisPanel } from './RtpAnalysisPanel';

export const rtpAnalysisPanel: PanelDefinition = {
  id: 'rtp-analysis',
  title: 'RTP Analysis',
  icon: 'chart',
  component: RtpAnalysisPanel,
  placement: 'right',
};
