export type { LanePicture, LanePictures } from './lane-pictures';
export { Timeline } from './Timeline';
