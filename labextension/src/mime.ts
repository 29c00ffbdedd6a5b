import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';

const MIME = 'application/vnd.cashet.run.v1+json';

/**
 * A run among the outputs of a cell: the HTML that came with it, cleaned once more.
 *
 * It takes the place of the widget that is in the same bundle: in a saved notebook that one has no state, and says
 * "Loading widget..." for ever. Nothing acts when it is drawn, so it is safe in notebooks that are not trusted.
 */
class RunRenderer extends Widget implements IRenderMime.IRenderer {
  constructor(private _options: IRenderMime.IRendererOptions) {
    super();
    this.addClass('jp-Cashet-run');
    this.addClass('jp-RenderedHTMLCommon');
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const html = model.data['text/html'];
    if (typeof html === 'string' && html.length < 8_000_000) {
      this.node.innerHTML = this._options.sanitizer.sanitize(html);
      return;
    }
    const text = model.data['text/plain'];
    const pre = document.createElement('pre');
    pre.textContent = typeof text === 'string' ? text.slice(0, 200_000) : '';
    this.node.replaceChildren(pre);
  }
}

const extension: IRenderMime.IExtension = {
  id: 'cashet-jupyter:mime',
  description: 'Shows runs of cached cells among the outputs of a notebook.',
  // Widgets have -10, and the lowest is taken.
  rendererFactory: {
    safe: true,
    mimeTypes: [MIME],
    defaultRank: -20,
    createRenderer: options => new RunRenderer(options)
  },
  dataType: 'json'
};

export default extension;
