export { bridge, invoke, onFailure, pathForFile, perform, reportFailure } from './bridge';
export { useEvent } from './use-event';
export { type Query, useQuery } from './use-query';
