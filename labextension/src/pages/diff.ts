import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';

import { fill, h } from '../core/dom';
import { duration, exactly, short } from '../core/format';
import { folded, ILinePair, sideBySide } from '../core/lines';
import { IContrast, IFinding, IResult, IValue } from '../core/types';
import { IWords } from '../core/words';
import { findingList, section } from './parts';
import { reasonOf } from '../sources/refusal';
import { ITarget, Source } from '../sources/source';
import { Drawer } from './shown';

/** Two runs side by side; what differs comes first. */
export class DiffPage extends Widget {
  private _content = h('div', { class: 'jp-Cashet-page jp-mod-wide', tabindex: -1 });

  constructor(
    readonly oldRun: string,
    readonly newRun: string,
    private _target: ITarget,
    private _api: Source,
    private _rendermime: IRenderMimeRegistry,
    private _openRun: (id: string) => void,
    private _words: IWords
  ) {
    super();
    this.addClass('jp-Cashet-runpage');
    this.node.append(this._content);
    this.title.label = `${short(oldRun)} ↔ ${short(newRun)}`;
    void this._load();
  }

  private async _load(): Promise<void> {
    const words = this._words;
    fill(this._content, h('div', { class: 'jp-Cashet-message', role: 'status' }, words.__('Loading…')));
    try {
      const found = await this._api.diff(this._target, this.oldRun, this.newRun);
      if (!this.isDisposed) {
        this._draw(found);
      }
    } catch (error) {
      const text = words.__('The runs cannot be compared: %1', reasonOf(error));
      fill(this._content, h('div', { class: 'jp-Cashet-message', role: 'status' }, text));
    }
  }

  private _draw(found: IContrast): void {
    const words = this._words;
    const changed = found.findings.filter(finding => finding.change);
    const [left, right] = [h('div', { class: 'jp-Cashet-shown' }), h('div', { class: 'jp-Cashet-shown' })];
    fill(
      this._content,
      h('h1', {}, found.new.label || found.old.label),
      h(
        'div',
        { class: 'jp-Cashet-sides' },
        this._side(found.old, words.__('before')),
        this._side(found.new, words.__('after'))
      ),
      section(words.__('What changed'), this._changes(changed)),
      section(words.__('Source'), this._source(found)),
      section(words.__('Outputs'), this._results(found.results)),
      section(words.__('What they showed'), h('div', { class: 'jp-Cashet-sides' }, left, right))
    );
    const drawer = new Drawer(this, this._api, this._target, this._rendermime, words);
    void drawer.shown(this.oldRun, left);
    void drawer.shown(this.newRun, right);
  }

  private _side(run: IContrast['old'], word: string): HTMLElement {
    const open = () => this._openRun(run.id);
    return h(
      'div',
      {},
      h(
        'button',
        { type: 'button', class: 'jp-Cashet-button', onclick: open },
        this._words.__('Run %1 (%2)', short(run.id), word)
      ),
      h('div', { class: 'jp-Cashet-quiet' }, `${exactly(run.created)} · ${duration(run.seconds)}`)
    );
  }

  private _changes(findings: IFinding[]): HTMLElement {
    return findings.length
      ? findingList(findings)
      : h('p', { class: 'jp-Cashet-quiet' }, this._words.__('Nothing that is known'));
  }

  private _source(found: IContrast): HTMLElement {
    const words = this._words;
    if (found.old.code === found.new.code) {
      return h('p', { class: 'jp-Cashet-quiet' }, words.__('The same text'));
    }
    const rows = folded(sideBySide(found.old.code, found.new.code)).map(item =>
      typeof item === 'number'
        ? h(
            'tr',
            { class: 'jp-mod-folded' },
            h('td', { colspan: 5 }, words._n('%1 equal line', '%1 equal lines', item))
          )
        : this._line(item)
    );
    const head = h(
      'tr',
      { class: 'jp-Cashet-hidden' },
      ...[
        words.__('change'),
        words.__('line before'),
        words.__('before'),
        words.__('line after'),
        words.__('after')
      ].map(text => h('th', { scope: 'col' }, text))
    );
    return h(
      'div',
      { class: 'jp-Cashet-lines2', tabindex: 0 },
      h('table', {}, h('thead', {}, head), h('tbody', {}, ...rows))
    );
  }

  private _line(pair: ILinePair): HTMLElement {
    const signs = { same: '', changed: '~', added: '+', removed: '−' };
    return h(
      'tr',
      { class: `jp-mod-${pair.kind}` },
      h('td', { class: 'jp-Cashet-number' }, signs[pair.kind]),
      h('td', { class: 'jp-Cashet-number' }, pair.old ? String(pair.old[0]) : ''),
      h('td', {}, pair.old?.[1] ?? ''),
      h('td', { class: 'jp-Cashet-number' }, pair.new ? String(pair.new[0]) : ''),
      h('td', {}, pair.new?.[1] ?? '')
    );
  }

  private _results(results: IResult[]): HTMLElement {
    const words = this._words;
    const names: Record<string, string> = {
      changed: words.__('changed'),
      new: words.__('new'),
      gone: words.__('gone'),
      same: words.__('the same'),
      unknown: words.__('not known')
    };
    const told = (value: IValue | null) => (value ? `${value.type} ${value.summary}`.trim() : '');
    const head = [words.__('Name'), words.__('Change'), words.__('Before'), words.__('After')];
    const rows = results.map(one =>
      h(
        'tr',
        {},
        h('th', { scope: 'row' }, one.name),
        h('td', {}, names[one.change] ?? ''),
        h('td', {}, told(one.old)),
        h('td', {}, told(one.new))
      )
    );
    const table = h(
      'table',
      {},
      h('thead', {}, h('tr', {}, ...head.map(text => h('th', { scope: 'col' }, text)))),
      h('tbody', {}, ...rows)
    );
    return h('div', { class: 'jp-Cashet-table', tabindex: 0 }, table);
  }
}
