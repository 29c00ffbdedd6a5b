import { IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';

import { fill, h } from '../core/dom';
import { IOutput } from '../core/types';
import { IWords } from '../core/words';
import { reasonOf } from '../sources/refusal';
import { ITarget, Source } from '../sources/source';

/** Draws what runs showed and what they say, for one page, by Lab's own renderers. */
export class Drawer {
  constructor(
    private _owner: Widget,
    private _api: Source,
    private _target: ITarget,
    private _rendermime: IRenderMimeRegistry,
    private _words: IWords
  ) {}

  /** Highlighted as Markdown would: with the renderer that Lab has for it anyway. */
  async source(code: string, place: HTMLElement): Promise<void> {
    const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map(ticks => ticks.length));
    const fence = '`'.repeat(longest + 1);
    fill(place, h('pre', {}, code));
    if (code.length < 50_000) {
      await this._render('text/markdown', `${fence}python\n${code}\n${fence}`, place);
    }
  }

  /** What a run showed. */
  async shown(id: string, place: HTMLElement): Promise<void> {
    const words = this._words;
    try {
      const shown = await this._api.shown(this._target, id);
      fill(place, shown.outputs.length ? null : h('p', { class: 'jp-Cashet-quiet' }, words.__('Nothing')));
      for (const output of shown.outputs) {
        await this._output(output, place);
      }
      if (shown.more) {
        place.append(h('p', { class: 'jp-Cashet-quiet' }, words._n('%1 more', '%1 more', shown.more)));
      }
    } catch (error) {
      fill(place, h('p', { class: 'jp-Cashet-quiet' }, words.__('It cannot be read: %1', reasonOf(error))));
    }
  }

  private async _output(output: IOutput, place: HTMLElement): Promise<void> {
    const holder = h('div', { class: `jp-Cashet-output jp-mod-${output.kind}`, tabindex: 0 });
    place.append(holder);
    if (output.kind === 'image' && /^data:image\/(png|jpeg|gif|webp|svg\+xml);base64,/.test(output.address ?? '')) {
      holder.append(h('img', { src: output.address, alt: output.text }));
    } else if (output.kind === 'html') {
      await this._render('text/html', output.text, holder);
    } else if (output.kind === 'note') {
      holder.append(h('span', { class: 'jp-Cashet-quiet' }, output.text));
    } else {
      const mime = output.kind === 'stderr' ? 'application/vnd.jupyter.stderr' : 'application/vnd.jupyter.stdout';
      await this._render(mime, output.text, holder);
      if (output.cut) {
        const more = this._words._n('%1 more character', '%1 more characters', output.cut);
        holder.append(h('span', { class: 'jp-Cashet-quiet' }, more));
      }
    }
  }

  /** As of a notebook that is not trusted: the renderers clean what they are given. */
  private async _render(mime: string, text: string, place: HTMLElement): Promise<void> {
    const renderer = this._rendermime.createRenderer(mime);
    await renderer.renderModel(new MimeModel({ trusted: false, data: { [mime]: text } }));
    if (this._owner.isDisposed) {
      return renderer.dispose();
    }
    fill(place, renderer.node);
    this._owner.disposed.connect(() => renderer.dispose());
  }
}
