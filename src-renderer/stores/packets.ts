import { create } from 'zustand';

/**
 * What the table of all packets and the followed conversation show.
 *
 *   packetsActions.filter('stream:rtp-1');   // the table takes the filter, whatever stood there before
 */
export interface PacketsState {
  /** The last filter that came from elsewhere; `serial` grows with each. */
  readonly request: { readonly serial: number; readonly text: string };
  /** The table goes along with the playhead. */
  readonly isFollowingPlayhead: boolean;
  /** Conversation whose content is shown: `tcp-3`. */
  readonly followedId: string | null;
}

const initial: PacketsState = { request: { serial: 0, text: '' }, isFollowingPlayhead: false, followedId: null };

export const usePackets = create<PacketsState>()(() => initial);

export const packetsActions = {
  filter(text: string): void {
    usePackets.setState((state) => ({ request: { serial: state.request.serial + 1, text } }));
  },
  setFollowingPlayhead(isFollowingPlayhead: boolean): void {
    usePackets.setState({ isFollowingPlayhead });
  },
  followConversation(followedId: string): void {
    usePackets.setState({ followedId });
  },
  /** Another capture: nothing of the old one makes sense in it. */
  reset(): void {
    usePackets.setState((state) => ({
      request: { serial: state.request.serial + 1, text: '' },
      followedId: null,
    }));
  },
};
