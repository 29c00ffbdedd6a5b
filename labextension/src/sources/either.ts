import { IPlace } from '../core/types';
import { IWords } from '../core/words';
import { Reason, reasonOf, Refusal } from './refusal';
import { ITarget, Params, Source } from './source';

/** Why the server is no help, if the kernel may be. */
const HELPLESS: Reason[] = ['no routes', 'no files'];

/**
 * The server where it knows the store, else the kernel.
 *
 * The kernel is asked where the server side is missing, where the server's notebooks are not files, and where the
 * server knows of no store but the notebook speaks of one (`mentions`): its kernel may run elsewhere. Other notebooks'
 * kernels are left alone. What was chosen with `place` holds for a target until it is chosen anew.
 */
export class Either extends Source {
  private _chosen = new Map<string, 'server' | 'kernel'>();

  constructor(
    private _server: Source,
    private _kernel: Source,
    private _mentions: (target: ITarget) => boolean,
    private _words: IWords
  ) {
    super();
  }

  async place(target: ITarget): Promise<IPlace> {
    const [place, trouble] = await this._ofServer(target);
    if (place?.exists || (place && !(target.kernel && this._mentions(target)))) {
      return this._choose(target, place, 'server');
    }
    try {
      const found = await this._kernel.ask<IPlace>('store', target, {});
      if (found.exists || !place) {
        return this._choose(target, found, 'kernel');
      }
    } catch (error) {
      if (!place) {
        throw this._both(trouble!, error);
      }
    }
    return this._choose(target, place, 'server');
  }

  async ask<T>(route: string, target: ITarget, params: Params): Promise<T> {
    const source = await this._source(target);
    return this._known(source.ask<T>(route, target, params));
  }

  async change<T>(route: string, target: ITarget, body: object): Promise<T> {
    const source = await this._source(target);
    return this._known(source.change<T>(route, target, body));
  }

  /** Where one question was answered and the next one is not known, versions differ. */
  private async _known<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof Refusal && error.reason === 'no routes') {
        const text = this._words.__(
          'The cashet-jupyter of the Jupyter server does not understand this front end: install the same version there, start the server again, and load this page anew.'
        );
        throw new Refusal(text, 'versions', error.status);
      }
      throw error;
    }
  }

  private async _source(target: ITarget): Promise<Source> {
    const chosen = this._chosen.get(keyOf(target)) ?? (await this.place(target)).by;
    return chosen === 'kernel' ? this._kernel : this._server;
  }

  /** What the server says, or why it is no help. Raises `Refusal` for what no kernel would help with. */
  private async _ofServer(target: ITarget): Promise<[IPlace | null, Refusal | null]> {
    try {
      return [await this._server.ask<IPlace>('store', target, {}), null];
    } catch (error) {
      if (error instanceof Refusal && HELPLESS.includes(error.reason)) {
        return [null, error];
      }
      throw error;
    }
  }

  private _choose(target: ITarget, place: IPlace, by: 'server' | 'kernel'): IPlace {
    this._chosen.set(keyOf(target), by);
    return { ...place, by };
  }

  /** Neither the server nor the kernel can answer: what to do about it. */
  private _both(server: Refusal, error: unknown): Refusal {
    const words = this._words;
    const reason: Reason = error instanceof Refusal ? error.reason : 'answered';
    const first =
      server.reason === 'no files'
        ? words.__('The notebooks of this Jupyter server are not files: only the kernel knows its store.')
        : words.__(
            'The server side of cashet-jupyter is missing: install cashet-jupyter[lab] where the Jupyter server runs, and start it again.'
          );
    if (reason === 'no kernel') {
      return new Refusal(words.__('%1 There is no kernel to ask instead.', first), reason);
    }
    return new Refusal(`${first} ${reasonOf(error)}`, reason);
  }
}

function keyOf(target: ITarget): string {
  return JSON.stringify([target.path, target.kernel]);
}
