export { type ColumnPreferences } from './columns';
export { DataGrid, type DataGridProps } from './DataGrid';
export { type RenderCell } from './GridRow';
export { type FetchPage, type GridQuery } from './paged-rows';
export { type RowMenuItem } from './RowMenu';
