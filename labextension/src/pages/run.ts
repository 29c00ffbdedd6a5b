import { Dialog, showDialog } from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { fill, h } from '../core/dom';
import { drawGraph } from '../core/graph';
import { duration, exactly, short, size } from '../core/format';
import { IDetail, IValue } from '../core/types';
import { IWords } from '../core/words';
import { button, findingList, section } from './parts';
import { reasonOf } from '../sources/refusal';
import { ITarget, Source } from '../sources/source';
import { Drawer } from './shown';

/** What the page of a run asks others to do. */
export interface IRunActions {
  openRun(id: string, target: ITarget): void;
  /** Show two runs side by side. */
  compare(old: string, now: string, target: ITarget): void;
  /** Put a new cell with this text below the active one. */
  insertCell(source: string): void;
  /** Runs have changed. */
  changed(): void;
}

/** Everything that is told of one run. */
export class RunPage extends Widget {
  private _content = h('div', { class: 'jp-Cashet-page', tabindex: -1 });
  private _status = h('div', { class: 'jp-Cashet-message', role: 'status' });
  private _run: IDetail | null = null;

  constructor(
    readonly run: string,
    readonly target: ITarget,
    private _api: Source,
    private _rendermime: IRenderMimeRegistry,
    private _actions: IRunActions,
    private _words: IWords
  ) {
    super();
    this.addClass('jp-Cashet-runpage');
    this.node.append(this._status, this._content);
    this.title.label = short(run);
    this._say(_words.__('Loading…'));
    void this._load();
  }

  protected onActivateRequest(_: Message): void {
    this._content.focus();
  }

  private _say(text: string): void {
    this._status.textContent = text;
    this._status.hidden = text === '';
  }

  private async _load(): Promise<void> {
    try {
      this._run = await this._api.run(this.target, this.run);
    } catch (error) {
      fill(this._content);
      return this._say(this._words.__('The run cannot be shown: %1', reasonOf(error)));
    }
    if (this.isDisposed) {
      return;
    }
    this._say('');
    this.title.label = this._run.label || short(this.run);
    this.title.caption = this._words.__('Run %1', this.run);
    this._draw(this._run);
  }

  private _draw(run: IDetail): void {
    const words = this._words;
    const shown = h('div', { class: 'jp-Cashet-shown' });
    const graph = h('div', { class: 'jp-Cashet-graph' });
    const source = h('div', { class: 'jp-Cashet-source' });
    fill(
      this._content,
      this._head(run),
      this._buttons(run),
      this._tags(run),
      run.error ? section(words.__('Error'), h('pre', { class: 'jp-Cashet-error', tabindex: 0 }, run.error)) : null,
      section(words.__('Source'), source),
      section(words.__('What it showed'), shown),
      section(words.__('Why it ran'), this._why(run)),
      section(words.__('Inputs'), this._values(run.inputs, run.more.inputs)),
      section(words.__('Outputs'), this._values(run.results, run.more.results)),
      section(words.__('Where it comes from'), graph),
      section(words.__('What else it depends on'), this._trace(run)),
      section(words.__('Python and libraries'), this._versions(run))
    );
    const drawer = new Drawer(this, this._api, this.target, this._rendermime, words);
    void drawer.source(run.code, source);
    void drawer.shown(this.run, shown);
    void this._drawGraph(graph);
  }

  private _head(run: IDetail): HTMLElement {
    const words = this._words;
    const facts: [string, string][] = [
      [words.__('Run'), run.id],
      [words.__('Made'), run.host ? words.__('%1 at %2', exactly(run.created), run.host) : exactly(run.created)],
      [words.__('Took'), duration(run.seconds)],
      [words.__('Size'), size(run.size)],
      [
        words.__('Used'),
        run.hits
          ? words._n('%1 time, saved %2', '%1 times, saved %2', run.hits, duration(run.saved))
          : words.__('not yet')
      ],
      [words.__('Notebook'), run.notebook]
    ];
    if (run.expires !== null) {
      facts.push([words.__('Counts until'), exactly(run.expires)]);
    }
    if (run.not_stored.length) {
      facts.push([words.__('Left out'), run.not_stored.join(', ')]);
    }
    if (!run.own) {
      facts.push([words.__('Trust'), words.__('Written by someone else: its values are never loaded.')]);
    }
    const rows = facts
      .filter(([, text]) => text !== '')
      .map(([name, text]) => h('div', {}, h('dt', {}, name), h('dd', { title: text }, text)));
    return h('header', {}, h('h1', {}, run.function || run.label || short(run.id)), h('dl', {}, ...rows));
  }

  private _buttons(run: IDetail): HTMLElement {
    const words = this._words;
    const get = loadingLines(run);
    return h(
      'div',
      { class: 'jp-Cashet-buttons', role: 'toolbar', 'aria-label': words.__('What can be done with this run') },
      button(
        run.pinned ? words.__('Unpin') : words.__('Pin'),
        words.__('Keep this run, whatever is collected'),
        () => this._pin(!run.pinned),
        run.pinned
      ),
      button(words.__('Copy %cashet get'), words.__('Copy a line that loads its values'), () => this._copy(get)),
      button(words.__('Insert a cell that loads it'), words.__('Below the active cell of the notebook'), () =>
        this._actions.insertCell(get)
      ),
      run.parent
        ? button(words.__('Compare with the run before'), words.__('The previous run of the same cell'), () =>
            this._actions.compare(run.parent, run.id, this.target)
          )
        : null,
      button(words.__('Delete…'), words.__('Its cell runs again'), () => this._delete(run))
    );
  }

  private _tags(run: IDetail): HTMLElement {
    const words = this._words;
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
    const chips = Object.entries(run.tags).map(([name, value]) =>
      h(
        'li',
        { class: 'jp-Cashet-chip' },
        `${name}=${value}`,
        h(
          'button',
          {
            type: 'button',
            'aria-label': words.__('Remove the tag %1', name),
            onclick: () => void this._change(() => this._api.tag(this.target, run.id, {}, [name]))
          },
          '×'
        )
      )
    );
    return h('div', { class: 'jp-Cashet-tagline' }, h('ul', { 'aria-label': words.__('Tags') }, ...chips), input);
  }

  private _values(values: IValue[], more = 0): HTMLElement {
    const words = this._words;
    if (!values.length) {
      return h('p', { class: 'jp-Cashet-quiet' }, words.__('None'));
    }
    const head = [words.__('Name'), words.__('Type'), words.__('What it was'), words.__('Size')];
    const rows = values.map(value =>
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, value.name),
        h('td', {}, value.type),
        h('td', {}, value.summary),
        h('td', {}, value.size ? size(value.size) : '')
      )
    );
    const note = more ? h('p', { class: 'jp-Cashet-quiet' }, words._n('%1 more', '%1 more', more)) : '';
    const table = h(
      'table',
      {},
      h('thead', {}, h('tr', {}, ...head.map(text => h('th', { scope: 'col' }, text)))),
      h('tbody', {}, ...rows)
    );
    return h('div', { class: 'jp-Cashet-table' }, table, note);
  }

  private _why(run: IDetail): HTMLElement {
    const changed = run.why.findings.filter(finding => finding.change);
    const against = run.why.against;
    return h(
      'div',
      {},
      h('p', {}, run.why.answer || this._words.__('Nothing is known.')),
      against
        ? button(this._words.__('Compared with %1', short(against)), this._words.__('Show both side by side'), () =>
            this._actions.compare(against, run.id, this.target)
          )
        : null,
      changed.length ? findingList(changed) : null
    );
  }

  private _trace(run: IDetail): HTMLElement {
    const words = this._words;
    if (!run.trace.length && !run.files.length) {
      return h('p', { class: 'jp-Cashet-quiet' }, words.__('Nothing outside of its inputs'));
    }
    const rows = run.trace.map(item =>
      h('li', {}, h('code', {}, item.kind), ` ${item.name} `, h('span', { class: 'jp-Cashet-quiet' }, item.note))
    );
    const files = run.files.map(file =>
      h(
        'li',
        {},
        h('code', {}, words.__('wrote')),
        ` ${file.path} `,
        h('span', { class: 'jp-Cashet-quiet' }, size(file.size))
      )
    );
    return h('ul', { class: 'jp-Cashet-plain' }, ...rows, ...files);
  }

  private _versions(run: IDetail): HTMLElement {
    const all = Object.entries(run.versions).map(([name, version]) =>
      h('li', { class: 'jp-Cashet-chip' }, `${name} ${version}`)
    );
    return h('ul', { class: 'jp-Cashet-chips' }, ...all);
  }

  private async _drawGraph(place: HTMLElement): Promise<void> {
    try {
      const descent = await this._api.lineage(this.target, this.run);
      fill(
        place,
        drawGraph(descent, id => this._actions.openRun(id, this.target), this._words)
      );
    } catch (error) {
      fill(place, h('p', { class: 'jp-Cashet-quiet' }, reasonOf(error)));
    }
  }

  private _pin(pinned: boolean): void {
    void this._change(() => this._api.pin(this.target, this.run, pinned));
  }

  private async _addTag(text: string): Promise<void> {
    const [name, value] = [text.split('=', 1)[0].trim(), text.slice(text.indexOf('=') + 1).trim()];
    if (!name || !text.includes('=')) {
      return this._say(this._words.__('A tag is name=value.'));
    }
    await this._change(() => this._api.tag(this.target, this.run, { [name]: value }, []));
  }

  private async _copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this._say(this._words.__('Copied: %1', text));
    } catch {
      this._say(text); // a page that is not served over TLS may not write to the clipboard
    }
  }

  private async _delete(run: IDetail): Promise<void> {
    const words = this._words;
    const answer = await showDialog({
      title: words.__('Delete this run?'),
      body: words.__(
        'Run %1 of `%2` and what only it holds are removed. Its cell runs again.',
        short(run.id),
        run.label
      ),
      buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: words.__('Delete') })]
    });
    if (!answer.button.accept) {
      return;
    }
    try {
      await this._api.remove(this.target, this.run);
      fill(this._content);
      this._say(words.__('The run is deleted.'));
      this._actions.changed();
    } catch (error) {
      this._say(words.__('It could not be deleted: %1', reasonOf(error)));
    }
  }

  private async _change(change: () => Promise<unknown>): Promise<void> {
    try {
      await change();
      this._actions.changed();
      await this._load();
    } catch (error) {
      this._say(this._words.__('That was not possible: %1', reasonOf(error)));
    }
  }
}

/** Lines that load the values of a run under names that are not in use: nothing that the notebook has is replaced. */
function loadingLines(run: IDetail): string {
  const id = run.id.slice(0, 12);
  const names = run.results
    .filter(one => one.type !== 'module' && /^[A-Za-z_]\w*$/.test(one.name))
    .map(one => one.name);
  if (!names.length) {
    return `%cashet get ${id}`;
  }
  return names.map(name => `${name}_${short(run.id)} = %cashet get ${id} --name ${name}`).join('\n');
}
