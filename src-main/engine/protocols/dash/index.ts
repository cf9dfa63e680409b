export { type DashManifest, parseManifest, type Representation } from './manifest';
