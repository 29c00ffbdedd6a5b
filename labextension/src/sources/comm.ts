import type { Kernel } from '@jupyterlab/services';

import { IWords } from '../core/words';
import { IPatience, KernelLine, PATIENCE } from './line';
import { Refusal } from './refusal';
import { ITarget, Params, Source } from './source';

/** The connection to the kernel that is meant; null if nothing here is connected to it. */
export type Connections = (target: ITarget) => Kernel.IKernelConnection | null;

/** The store as its kernel sees it: where the server cannot. */
export class CommSource extends Source {
  private _lines = new WeakMap<Kernel.IKernelConnection, KernelLine>();

  constructor(
    private _connections: Connections,
    private _words: IWords,
    private _patience: IPatience = PATIENCE
  ) {
    super();
  }

  ask<T>(route: string, target: ITarget, params: Params): Promise<T> {
    const given = Object.entries(params).filter(([, value]) => value !== '');
    return this._send(target, { ask: route, params: Object.fromEntries(given) });
  }

  change<T>(route: string, target: ITarget, body: object): Promise<T> {
    return this._send(target, { do: route, body });
  }

  private async _send<T>(target: ITarget, message: object): Promise<T> {
    const kernel = this._connections(target);
    if (!kernel || kernel.isDisposed) {
      throw new Refusal(this._words.__('There is no kernel to ask.'), 'no kernel');
    }
    let line = this._lines.get(kernel);
    if (!line) {
      line = new KernelLine(kernel, this._words, this._patience);
      this._lines.set(kernel, line);
    }
    return line.send<T>(message);
  }
}
