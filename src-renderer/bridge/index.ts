export { invoke, onFailure, pathForFile, perform, reportFailure } from './bridge';
export { useEvent } from './use-event';
export { useQuery } from './use-query';
