import { invoke } from '../../bridge';
import { layoutActions } from '../../stores/layout';
import { packetsActions } from '../../stores/packets';
import { selectedSourceId, selectionActions, useSelection } from '../../stores/selection';
import { useSession } from '../../stores/session';

/** Filters the table of all packets by a call or stream: `call:call-1`. */
export function packetsOf(sourceId: string): string {
  return `${sourceId.startsWith('call-') ? 'call' : 'stream'}:${sourceId}`;
}

/** Brings the table of all packets to the front, filtered, and marks a frame in it. */
export function showPackets(filter: string, frame: number | null = null): void {
  packetsActions.filter(filter);
  if (frame !== null) selectionActions.selectFrame(frame);
  layoutActions.reveal('packets', { focus: true });
  if (frame !== null) layoutActions.reveal('packet-detail');
}

/** Shows one frame among all packets. */
export function showFrame(frame: number): void {
  showPackets('', frame);
}

/** The packets of what is selected: of the call or stream, else the frame alone. */
export function showSelectedPackets(): void {
  const selection = useSelection.getState();
  const sourceId = selectedSourceId(selection);
  if (sourceId !== null) showPackets(packetsOf(sourceId), selection.frame);
  else if (selection.frame !== null) showFrame(selection.frame);
}

/** Shows what a TCP or UDP conversation carried. */
export function followConversation(conversationId: string): void {
  packetsActions.followConversation(conversationId);
  layoutActions.reveal('follow-stream', { focus: true });
}

/** Follows the conversation that the selected frame belongs to. */
export async function followSelectedFrame(): Promise<void> {
  const { capture } = useSession.getState();
  const { frame } = useSelection.getState();
  if (!capture || frame === null) return;
  const answer = await invoke('packet:detail', { captureId: capture.captureId, frame });
  const conversation = answer.ok ? answer.value.row.conversation : null;
  if (conversation !== null && canFollow(conversation)) followConversation(conversation);
}

/** SCTP multiplexes messages: it is not followed. */
export function canFollow(conversationId: unknown): conversationId is string {
  return typeof conversationId === 'string' && /^(tcp|udp)-/.test(conversationId);
}
