import type { TableDefinition } from '#shared/model/table';

/** Columns of the diagnostics table. */
export const diagnosticTable: TableDefinition = {
  id: 'diagnostics',
  title: 'Diagnostics',
  columns: [
    { id: 'severity', title: 'Severity', kind: 'state', width: 90 },
    { id: 'code', title: 'Code', kind: 'text', width: 210 },
    { id: 'count', title: 'Count', kind: 'integer', width: 70 },
    {
      id: 'firstFrame',
      title: 'First frame',
      kind: 'integer',
      width: 90,
      aliases: ['frame'],
      description: 'Number of the first frame concerned; empty when it concerns the file.',
    },
    { id: 'message', title: 'Message', kind: 'text', width: 560 },
  ],
};
