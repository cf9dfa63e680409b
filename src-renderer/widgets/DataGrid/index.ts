export { DataGrid } from './DataGrid';
export type { RenderCell } from './GridRow';
export type { FetchPage } from './paged-rows';
export type { RowMenuItem } from './RowMenu';
