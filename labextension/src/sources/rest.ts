import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { IWords } from '../core/words';
import { Refusal } from './refusal';
import { ITarget, Params, Source } from './source';

const BASE = 'cashet_jupyter/api';

/** The store as the Jupyter server sees it: while the kernel is busy, and without any kernel. */
export class RestSource extends Source {
  constructor(
    private _settings: ServerConnection.ISettings,
    private _words: IWords
  ) {
    super();
  }

  ask<T>(route: string, target: ITarget, params: Params): Promise<T> {
    return this._request(this._url(route, target, params), {});
  }

  change<T>(route: string, target: ITarget, body: object): Promise<T> {
    return this._request(this._url(route, target, {}), { method: 'POST', body: JSON.stringify(body) });
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
    return `${URLExt.join(this._settings.baseUrl, BASE, route)}?${query}`;
  }

  private async _request<T>(url: string, init: RequestInit): Promise<T> {
    const [response, text] = await this._response(url, init);
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
    if (response.status === 404 && !reason) {
      throw new Refusal(this._words.__('The server does not know how to answer.'), 'no routes', 404);
    }
    const kind = response.status === 501 ? 'no files' : 'answered';
    throw new Refusal(reason || response.statusText, kind, response.status);
  }

  private async _response(url: string, init: RequestInit): Promise<[Response, string]> {
    try {
      const response = await ServerConnection.makeRequest(url, init, this._settings);
      return [response, await response.text()];
    } catch {
      throw new Refusal(this._words.__('The server does not answer.'), 'no server');
    }
  }
}
