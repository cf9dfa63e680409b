import { create } from 'zustand';
import type { DamageMode } from '#shared/model/video';

/** How the user wants to see video; it stays while streams change. */
export interface VideoState {
  readonly mode: DamageMode;
  readonly speed: number;
  /** 0..1. */
  readonly volume: number;
  /** Chosen of several video streams of a call. */
  readonly chosenId: string | null;
}

export const useVideo = create<VideoState>()(() => ({ mode: 'faithful', speed: 1, volume: 1, chosenId: null }));

export const videoActions = {
  setMode(mode: DamageMode): void {
    useVideo.setState({ mode });
  },
  setSpeed(speed: number): void {
    useVideo.setState({ speed });
  },
  setVolume(volume: number): void {
    useVideo.setState({ volume });
  },
  choose(chosenId: string): void {
    useVideo.setState({ chosenId });
  },
};
