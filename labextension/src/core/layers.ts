/** Where the nodes of a graph of descent are drawn: what was made from something stands to its right. */

export interface IPlaced {
  id: string;
  layer: number;
  row: number;
}

export interface ILayout {
  nodes: IPlaced[];
  layers: number;
  rows: number;
}

const SWEEPS = 4;

/**
 * Layers by the longest way from a source (Sugiyama's first step), the order within a layer by the mean place of the
 * neighbours. A graph here has 120 nodes at most; a general library would be ten times the code of the panel.
 */
export function layout(ids: string[], edges: [string, string][]): ILayout {
  const known = new Set(ids);
  const used = edges.filter(([from, to]) => from !== to && known.has(from) && known.has(to));
  const layer = layersOf(ids, used);
  const columns: string[][] = [];
  for (const id of ids) {
    (columns[layer.get(id)!] ??= []).push(id);
  }
  const place = new Map<string, number>();
  columns.forEach(column => column.forEach((id, row) => place.set(id, row)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const backwards = sweep % 2 === 1;
    const order = backwards ? [...columns].reverse() : columns;
    order.forEach(column => arrange(column, used, place, backwards));
  }
  return {
    nodes: ids.map(id => ({ id, layer: layer.get(id)!, row: place.get(id)! })),
    layers: columns.length,
    rows: Math.max(0, ...columns.map(column => column.length))
  };
}

function layersOf(ids: string[], edges: [string, string][]): Map<string, number> {
  const layer = new Map(ids.map(id => [id, 0]));
  // A cycle cannot be: a run is made from what was there before. A store by somebody else may say so: it ends here.
  for (let round = 0; round < ids.length; round++) {
    let moved = false;
    for (const [from, to] of edges) {
      const least = Math.min(layer.get(from)! + 1, ids.length - 1);
      if (layer.get(to)! < least) {
        layer.set(to, least);
        moved = true;
      }
    }
    if (!moved) {
      break;
    }
  }
  const taken = [...new Set(layer.values())].sort((one, other) => one - other);
  return new Map([...layer].map(([id, value]) => [id, taken.indexOf(value)]));
}

function arrange(column: string[], edges: [string, string][], place: Map<string, number>, backwards: boolean): void {
  const mean = new Map<string, number>();
  for (const id of column) {
    const near = edges
      .filter(([from, to]) => (backwards ? from : to) === id)
      .map(([from, to]) => place.get(backwards ? to : from)!);
    mean.set(id, near.length ? near.reduce((sum, row) => sum + row, 0) / near.length : place.get(id)!);
  }
  column.sort((one, other) => mean.get(one)! - mean.get(other)!);
  column.forEach((id, row) => place.set(id, row));
}
