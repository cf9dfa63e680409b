import { useEffect, useState } from 'react';
import type { TimelineLane } from '#shared/model/timeline';
import { invoke } from '../../bridge';
import type { LanePicture, LanePictures } from '../../widgets/Timeline';

/** Lanes that get pictures, the first ones: each costs a look at all its packets. */
const mostLanes = 12;

/** Small pictures for the video lanes of a capture that is read, one lane after the other. */
export function useThumbnails(captureId: string, isRead: boolean, lanes: readonly TimelineLane[]): LanePictures {
  const [pictures, setPictures] = useState<LanePictures>(new Map());
  const videos = lanes.filter(({ kind }) => kind === 'video').slice(0, mostLanes);
  const wanted = isRead ? videos.map(({ sourceId }) => sourceId).join(' ') : '';

  useEffect(() => {
    let isOver = false;
    const urls: string[] = [];
    const load = async (): Promise<void> => {
      for (const sourceId of wanted.split(' ').filter(Boolean)) {
        const answer = await invoke('media:thumbnails', { captureId, sourceId });
        if (isOver) return;
        if (!answer.ok || answer.value.length === 0) continue;
        const made = answer.value.map(({ seconds, jpeg }): LanePicture => {
          const url = URL.createObjectURL(new Blob([jpeg], { type: 'image/jpeg' }));
          urls.push(url);
          return { seconds, url };
        });
        setPictures((known) => new Map([...known, [sourceId, made]]));
      }
    };
    void load();
    return () => {
      isOver = true;
      for (const url of urls) URL.revokeObjectURL(url);
      setPictures(new Map());
    };
  }, [captureId, wanted]);
  return pictures;
}
