import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Panel, Widget } from '@lumino/widgets';

/** What a run is called in the outputs of a notebook. */
export const MIME = 'application/vnd.cashet.run.v1+json';
/** What a widget is called there. */
export const VIEW = 'application/vnd.jupyter.widget-view+json';
/** Widgets have -10, and the lowest is taken. */
export const RANK = -20;

const LONGEST_HTML = 8_000_000;
const LONGEST_TEXT = 200_000;

/** Makes what draws widgets in a notebook; null where nothing does. */
export type MakeLive = () => IRenderMime.IRenderer | null;

/**
 * A run among the outputs of a cell: its widget as long as there is one, else the HTML that came with it, cleaned.
 *
 * A widget has no state in a notebook that was saved, and would say "Loading widget..." for ever. So the HTML is there
 * from the start, and gives its place to what draws widgets once that has drawn an element: all that it says when it has
 * none is text. In a notebook that is not trusted nothing acts: there it is the HTML alone.
 */
export class RunRenderer extends Panel implements IRenderMime.IRenderer {
  private _still = new Widget();
  private _holder = new Panel();
  private _live: IRenderMime.IRenderer | null = null;
  private _shown: unknown = null;
  private _observer = new MutationObserver(() => this._choose());

  constructor(
    private _options: IRenderMime.IRendererOptions,
    private _makeLive: MakeLive = () => null
  ) {
    super();
    this.addClass('jp-Cashet-run');
    this._still.addClass('jp-RenderedHTMLCommon');
    this.addWidget(this._still);
    this.addWidget(this._holder);
  }

  dispose(): void {
    this._observer.disconnect();
    super.dispose();
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._draw(model);
    const view = model.trusted ? model.data[VIEW] : undefined;
    const shown = view ? JSON.stringify(view) : null;
    if (shown !== this._shown) {
      this._shown = shown;
      this._observer.disconnect();
      this._live?.dispose();
      this._live = view ? this._makeLive() : null;
      if (this._live) {
        this._holder.addWidget(this._live);
        this._observer.observe(this._live.node, { childList: true, attributeFilter: ['class'] });
      }
    }
    this._choose();
    await this._live?.renderModel(model);
  }

  private _draw(model: IRenderMime.IMimeModel): void {
    const html = model.data['text/html'];
    if (typeof html === 'string' && html.length < LONGEST_HTML) {
      this._still.node.replaceChildren(unfetched(this._options.sanitizer.sanitize(html)));
      return;
    }
    const text = model.data['text/plain'];
    const pre = document.createElement('pre');
    pre.textContent = typeof text === 'string' ? text.slice(0, LONGEST_TEXT) : '';
    this._still.node.replaceChildren(pre);
  }

  private _choose(): void {
    const live = this._live;
    const drawn = live !== null && !live.isDisposed && !live.isHidden && live.node.firstElementChild !== null;
    this._holder.setHidden(!drawn);
    this._still.setHidden(drawn);
  }
}

/** HTML without what would be fetched from somewhere, which would tell who looks; our own pictures come with it. */
function unfetched(html: string): DocumentFragment {
  const template = document.createElement('template'); // nothing in it is fetched
  template.innerHTML = html;
  for (const element of template.content.querySelectorAll('img, picture, audio, video, source, track')) {
    const own = element instanceof HTMLImageElement && !element.srcset && element.src.startsWith('data:image/');
    if (!own) {
      element.remove();
    }
  }
  return template.content;
}
