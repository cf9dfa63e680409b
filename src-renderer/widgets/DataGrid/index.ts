export { DataGrid, type FilterRequest, type RowQuery } from './DataGrid';
export type { RenderCell } from './GridRow';
export type { FetchPage } from './paged-rows';
export { RowMenu, type RowMenuItem } from './RowMenu';
