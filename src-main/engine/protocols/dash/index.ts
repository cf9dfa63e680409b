export { type DashManifest, type DashSegment, parseManifest, type Representation } from './manifest';
