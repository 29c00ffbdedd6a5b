import { MimeModel } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';

import { fill, h } from '../core/dom';
import { IOutput, IShown } from '../core/types';
import { quiet } from './parts';
import { ITools } from './tools';

const IMAGE = /^data:image\/(png|jpeg|gif|webp|svg\+xml);base64,/;

/** Draws what runs showed, for one page, by Lab's own renderers. */
export class Drawer {
  constructor(
    private _owner: Widget,
    private _tools: ITools
  ) {}

  /** Everything that a run showed. */
  async all(shown: IShown, place: HTMLElement): Promise<void> {
    const words = this._tools.words;
    fill(place, shown.outputs.length ? null : quiet(words.__('Nothing')));
    for (const output of shown.outputs) {
      const holder = h('div');
      place.append(holder);
      await this.one(output, holder);
    }
    if (shown.more) {
      place.append(quiet(words._n('%1 more', '%1 more', shown.more)));
    }
  }

  /** One thing that a run showed; what is too large for its place is scrolled, with the keyboard as well. */
  async one(output: IOutput, place: HTMLElement): Promise<void> {
    const holder = h('div', {
      class: `jp-Cashet-output jp-mod-${output.kind}`,
      tabindex: 0,
      role: 'group',
      'aria-label': this._nameOf(output)
    });
    fill(place, holder);
    if (output.kind === 'image' && IMAGE.test(output.address ?? '')) {
      holder.append(h('img', { src: output.address, alt: output.text }));
    } else if (output.kind === 'html') {
      await this._render('text/html', output.text, holder);
    } else if (output.kind === 'note') {
      holder.append(h('span', { class: 'jp-Cashet-quiet' }, output.text));
    } else {
      const mime = output.kind === 'stderr' ? 'application/vnd.jupyter.stderr' : 'application/vnd.jupyter.stdout';
      await this._render(mime, output.text, holder);
    }
    if (output.cut) {
      holder.append(quiet(this._tools.words._n('%1 more character', '%1 more characters', output.cut)));
    }
  }

  private _nameOf(output: IOutput): string {
    const words = this._tools.words;
    const names: Record<IOutput['kind'], string> = {
      stdout: words.__('Printed text'),
      stderr: words.__('Printed text (errors)'),
      text: words.__('Text'),
      html: words.__('Formatted output'),
      image: words.__('Image'),
      note: words.__('Note')
    };
    return names[output.kind] ?? '';
  }

  /** As of a notebook that is not trusted: the renderers clean what they are given. */
  private async _render(mime: string, text: string, place: HTMLElement): Promise<void> {
    const renderer = this._tools.rendermime.createRenderer(mime);
    await renderer.renderModel(new MimeModel({ trusted: false, data: { [mime]: text } }));
    if (this._owner.isDisposed) {
      return renderer.dispose();
    }
    fill(place, renderer.node);
    this._owner.disposed.connect(() => renderer.dispose());
  }
}
