import { Clipboard, Dialog, showDialog } from '@jupyterlab/apputils';

import { fill, h } from '../core/dom';
import { basename, duration, exactly, short, size } from '../core/format';
import { IDetail, IRow } from '../core/types';
import { reasonOf } from '../sources/refusal';
import { ITarget } from '../sources/source';
import { button } from './parts';
import { IActions, ITools } from './tools';

/** The upper part of a run's page: what it was in short, its tags, and what can be done with it. */
export class Head {
  readonly node = h('header', {});
  private _run: IDetail;

  constructor(
    run: IDetail,
    private _target: ITarget,
    private _tools: ITools,
    private _actions: IActions,
    /** Tell what came of it. */
    private _say: (text: string) => void,
    /** The run is there no more. */
    private _removed: () => void
  ) {
    this._run = run;
    this._draw();
  }

  /** Drawn anew; the control that had the focus has it again. */
  private _draw(): void {
    const run = this._run;
    const held = this.node.contains(document.activeElement) ? keyOf(document.activeElement) : '';
    const title = run.function || run.label || short(run.id);
    fill(this.node, h('h1', {}, title), this._facts(run), this._buttons(run), this._tags(run));
    const again = [...this.node.querySelectorAll<HTMLElement>('button, input')].find(one => keyOf(one) === held);
    if (held) {
      (again ?? this.node.querySelector('input'))?.focus();
    }
  }

  private _facts(run: IDetail): HTMLElement {
    const words = this._tools.words;
    const used = run.hits
      ? words._n('%1 time, saved %2', '%1 times, saved %2', run.hits, duration(run.saved))
      : words.__('not yet');
    const facts: [string, string, string?][] = [
      [words.__('Run'), run.id],
      [words.__('Made'), run.host ? words.__('%1 at %2', exactly(run.created), run.host) : exactly(run.created)],
      [
        words.__('Took'),
        run.status === 'failed' ? words.__('%1, ✕ failed', duration(run.seconds)) : duration(run.seconds)
      ],
      [words.__('Size'), size(run.size)],
      [words.__('Used'), used],
      [words.__('Notebook'), basename(run.notebook), run.notebook],
      [words.__('Arguments'), run.arguments],
      [words.__('Counts until'), run.expires === null ? '' : exactly(run.expires)],
      [words.__('Left out'), run.not_stored.join(', ')],
      [words.__('Trust'), run.own ? '' : words.__('Written by someone else: its values are never loaded.')]
    ];
    const rows = facts
      .filter(([, text]) => text !== '')
      .map(([name, text, title]) => h('div', {}, h('dt', {}, name), h('dd', { title: title ?? text }, text)));
    return h('dl', {}, ...rows);
  }

  private _buttons(run: IDetail): HTMLElement {
    const words = this._tools.words;
    const get = loadingLines(run);
    const pin = run.pinned ? words.__('Unpin') : words.__('Pin');
    const compare = () => this._actions.compare(run.parent, run.id, this._target);
    return h(
      'div',
      { class: 'jp-Cashet-buttons', role: 'group', 'aria-label': words.__('What can be done with this run') },
      button(pin, words.__('Keep this run, whatever is collected'), () => this._pin()),
      button(words.__('Copy %cashet get'), words.__('Copy a line that loads its values'), () => this._copy(get)),
      button(words.__('Insert a cell that loads it'), words.__('Below the active cell of the notebook'), () =>
        this._actions.insertCell(get)
      ),
      run.parent
        ? button(words.__('Compare with the run before'), words.__('The previous run of the same cell'), compare)
        : null,
      button(words.__('Delete…'), words.__('Its cell runs again'), () => void this._delete())
    );
  }

  private _tags(run: IDetail): HTMLElement {
    const words = this._tools.words;
    const input = h('input', {
      type: 'text',
      class: 'jp-Cashet-search',
      placeholder: words.__('Add a tag: name=value'),
      'aria-label': words.__('Add a tag: name=value'),
      onkeydown: (event: KeyboardEvent) => {
        if (event.key === 'Enter') {
          void this._addTag(input.value);
        }
      }
    });
    const chips = Object.entries(run.tags).map(([name, value]) => {
      const remove = () => void this._change(source => source.tag(this._target, run.id, {}, [name]));
      const label = words.__('Remove the tag %1', name);
      const cross = h('button', { type: 'button', 'aria-label': label, title: label, onclick: remove }, '×');
      return h('li', { class: 'jp-Cashet-chip' }, `${name}=${value}`, cross);
    });
    return h('div', { class: 'jp-Cashet-tagline' }, h('ul', { 'aria-label': words.__('Tags') }, ...chips), input);
  }

  private _pin(): void {
    const wanted = !this._run.pinned;
    void this._change(source => source.pin(this._target, this._run.id, wanted));
  }

  private async _addTag(text: string): Promise<void> {
    const [name, value] = [text.split('=', 1)[0].trim(), text.slice(text.indexOf('=') + 1).trim()];
    if (!name || !text.includes('=')) {
      return this._say(this._tools.words.__('A tag is name=value.'));
    }
    await this._change(source => source.tag(this._target, this._run.id, { [name]: value }, []));
  }

  private _copy(text: string): void {
    Clipboard.copyToSystem(text); // also where the page is not served over TLS
    this._say(this._tools.words.__('Copied: %1', text));
  }

  private async _delete(): Promise<void> {
    const words = this._tools.words;
    const { id, label } = this._run;
    const answer = await showDialog({
      title: words.__('Delete this run?'),
      body: words.__('Run %1 of `%2` and what only it holds are removed. Its cell runs again.', short(id), label),
      buttons: [Dialog.cancelButton({ label: words.__('Cancel') }), Dialog.warnButton({ label: words.__('Delete') })],
      defaultButton: 0
    });
    if (!answer.button.accept) {
      return;
    }
    try {
      await this._tools.source.remove(this._target, id);
    } catch (error) {
      return this._say(words.__('It could not be deleted: %1', reasonOf(error)));
    }
    this._removed();
  }

  private async _change(change: (source: ITools['source']) => Promise<IRow>): Promise<void> {
    try {
      this._run = { ...this._run, ...(await change(this._tools.source)) };
    } catch (error) {
      return this._say(this._tools.words.__('That was not possible: %1', reasonOf(error)));
    }
    this._say('');
    this._draw();
    this._actions.changed();
  }
}

/** By which a control is found again after it was drawn anew. */
function keyOf(control: Element | null): string {
  return control?.getAttribute('aria-label') ?? (control?.getAttribute('title') || '');
}

/** Lines that load the values of a run under names that are not in use: nothing that the notebook has is replaced. */
export function loadingLines(run: Pick<IDetail, 'id' | 'results'>): string {
  const id = run.id.slice(0, 12);
  const names = run.results
    .filter(one => one.type !== 'module' && /^[A-Za-z_]\w*$/.test(one.name))
    .map(one => one.name);
  if (!names.length) {
    return `%cashet get ${id}`;
  }
  return names.map(name => `${name}_${short(run.id)} = %cashet get ${id} --name ${name}`).join('\n');
}
