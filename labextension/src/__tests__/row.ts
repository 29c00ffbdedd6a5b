import { IRow } from '../core/types';

/** A run with nothing special about it. */
export function row(id: string, more: Partial<IRow> = {}): IRow {
  return {
    id,
    label: id,
    cell: '',
    notebook: '',
    function: '',
    created: 0,
    seconds: 1,
    size: 1,
    status: 'completed',
    pinned: false,
    tags: {},
    outputs: [],
    more_outputs: 0,
    hits: 0,
    saved: 0,
    own: true,
    expires: null,
    source: '',
    ...more
  };
}
