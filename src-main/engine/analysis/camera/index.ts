export { CameraTracker } from './camera-tracker';
