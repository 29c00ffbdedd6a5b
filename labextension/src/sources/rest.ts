import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { IContrast, IDescent, IDetail, IPage, IPlace, IRow, IShown, IStats } from '../core/types';

const BASE = 'cashet_jupyter/api';

/** Which store is meant: that of a notebook, or the one that its kernel has registered. */
export interface ITarget {
  path: string;
  kernel: string;
}

/** The server has said no; `missing` if it does not know these routes at all. */
export class Refusal extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly missing: boolean
  ) {
    super(message);
  }
}

type Params = Record<string, string | string[]>;

/** The routes of the server's side. */
export class Api {
  constructor(readonly settings: ServerConnection.ISettings) {}

  place(target: ITarget): Promise<IPlace> {
    return this._get('store', target);
  }

  runs(target: ITarget, params: Params): Promise<IPage> {
    return this._get('runs', target, params);
  }

  /**
   * The newest run of each cell: of the cell itself, else the one that its output names, which may be of another
   * notebook. Asked in portions, since each cell is a part of the address.
   */
  async cells(target: ITarget, cells: { id: string; commit: string }[]): Promise<Map<string, IRow>> {
    const found = new Map<string, IRow>();
    for (let start = 0; start < cells.length; start += 100) {
      const portion = cells.slice(start, start + 100);
      const params = { cell: portion.map(cell => cell.id), run: portion.map(cell => cell.commit) };
      const answer = await this._get<Record<'cells' | 'runs', Record<string, IRow | null>>>('cells', target, params);
      for (const { id, commit } of portion) {
        const row = answer.cells[id] ?? answer.runs[commit];
        if (row) {
          found.set(id, row);
        }
      }
    }
    return found;
  }

  run(target: ITarget, id: string): Promise<IDetail> {
    return this._get(`runs/${id}`, target);
  }

  shown(target: ITarget, id: string): Promise<IShown> {
    return this._get(`runs/${id}/shown`, target);
  }

  lineage(target: ITarget, id: string): Promise<IDescent> {
    return this._get(`runs/${id}/lineage`, target);
  }

  diff(target: ITarget, old: string, now: string): Promise<IContrast> {
    return this._get(`diff/${old}/${now}`, target);
  }

  stats(target: ITarget): Promise<IStats> {
    return this._get('stats', target);
  }

  pin(target: ITarget, id: string, pinned: boolean): Promise<IRow> {
    return this._post(`runs/${id}/pin`, target, { pinned });
  }

  tag(target: ITarget, id: string, set: Record<string, string>, remove: string[]): Promise<IRow> {
    return this._post(`runs/${id}/tags`, target, { set, remove });
  }

  remove(target: ITarget, id: string): Promise<{ removed: string }> {
    return this._post(`runs/${id}/rm`, target, {});
  }

  private _get<T>(route: string, target: ITarget, params: Params = {}): Promise<T> {
    return this._ask(this._url(route, target, params), {});
  }

  private _post<T>(route: string, target: ITarget, body: object): Promise<T> {
    return this._ask(this._url(route, target, {}), { method: 'POST', body: JSON.stringify(body) });
  }

  private _url(route: string, target: ITarget, params: Params): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...params, path: target.path, kernel: target.kernel })) {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (one !== '') {
          query.append(name, one);
        }
      }
    }
    return `${URLExt.join(this.settings.baseUrl, BASE, route)}?${query}`;
  }

  private async _ask<T>(url: string, init: RequestInit): Promise<T> {
    const response = await ServerConnection.makeRequest(url, init, this.settings);
    const text = await response.text();
    let content: any = null;
    try {
      content = JSON.parse(text);
    } catch {
      // a page of a proxy, or of a server without these routes
    }
    if (response.ok && content !== null) {
      return content as T;
    }
    const reason = typeof content?.reason === 'string' ? content.reason : '';
    throw new Refusal(reason || response.statusText, response.status, response.status === 404 && !reason);
  }
}

/** What to say of something that went wrong. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
