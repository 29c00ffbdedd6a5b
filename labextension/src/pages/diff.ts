import { IDisposable } from '@lumino/disposable';
import { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { fill, h } from '../core/dom';
import { duration, exactly, short } from '../core/format';
import { IContrast, IFinding, IShown } from '../core/types';
import { reasonOf } from '../sources/refusal';
import { ITarget } from '../sources/source';
import { drawCode, languageOf } from './code';
import { drawDifferences } from './differences';
import { drawOutputs } from './outputs';
import { button, findingList, quiet, section } from './parts';
import { Picker } from './picker';
import { Drawer } from './shown';
import { IActions, ITools } from './tools';

type Side = 'old' | 'new';

/** Two runs side by side; only what differs is told, unless all is asked for. */
export class DiffPage extends Widget {
  private _head = h('header', {});
  private _status = h('div', { class: 'jp-Cashet-message', role: 'status' });
  private _body = h('div', {});
  private _content = h(
    'div',
    { class: 'jp-Cashet-page jp-mod-wide', tabindex: -1 },
    this._head,
    this._status,
    this._body
  );
  private _made: IDisposable[] = [];
  private _asked = 0;
  private _all = false;
  private _found: IContrast | null = null;
  private _shown: Promise<[IShown, IShown]> | null = null;

  constructor(
    private _old: string,
    private _new: string,
    private _target: ITarget,
    private _tools: ITools,
    private _actions: IActions
  ) {
    super();
    this.addClass('jp-Cashet-runpage');
    this.node.append(this._content);
    void this._load();
  }

  /** By which it is found again among the pages that are open. */
  get key(): string {
    return `diff ${this._old} ${this._new}`;
  }

  dispose(): void {
    this._clear();
    super.dispose();
  }

  protected onActivateRequest(_: Message): void {
    this._content.focus();
  }

  private async _load(): Promise<void> {
    const { source, words } = this._tools;
    const [old, now, number] = [this._old, this._new, ++this._asked];
    this.title.label = `${short(old)} ↔ ${short(now)}`;
    this._say(words.__('Loading…'));
    try {
      const found = await source.diff(this._target, old, now);
      if (this.isDisposed || number !== this._asked) {
        return;
      }
      this._found = found;
      this._shown = Promise.all([source.shown(this._target, old), source.shown(this._target, now)]);
      this._say('');
      this._draw();
    } catch (error) {
      this._clear();
      fill(this._body);
      this._say(words.__('The runs cannot be compared: %1', reasonOf(error)));
    }
  }

  private _say(text: string): void {
    this._status.textContent = text;
    this._status.hidden = text === '';
  }

  private _clear(): void {
    this._made.splice(0).forEach(one => one.dispose());
  }

  private _draw(): void {
    const found = this._found!;
    const words = this._tools.words;
    const title = found.new.function || found.new.label || found.old.label;
    fill(
      this._head,
      h('h1', {}, title || words.__('Two runs')),
      h('div', { class: 'jp-Cashet-sides' }, this._side(found, 'old'), this._side(found, 'new')),
      this._controls()
    );
    this._drawBody(found);
  }

  private _side(found: IContrast, side: Side): HTMLElement {
    const words = this._tools.words;
    const run = found[side];
    const word = side === 'old' ? words.__('before') : words.__('after');
    const failed = run.status === 'failed' ? words.__('✕ failed') : '';
    const place = h('div', { class: 'jp-Cashet-pickerplace' });
    const pick = button(words.__('Choose another…'), words.__('Compare with another run'), () =>
      this._pick(place, pick, side)
    );
    const facts = [exactly(run.created), duration(run.seconds), failed];
    return h(
      'div',
      { role: 'group', 'aria-label': word },
      h(
        'div',
        { class: 'jp-Cashet-buttons' },
        button(words.__('Run %1 (%2)', short(run.id), word), words.__('Show the page of this run'), () =>
          this._actions.openRun(run.id, this._target)
        ),
        pick
      ),
      place,
      h('div', { class: 'jp-Cashet-quiet' }, facts.filter(Boolean).join(' · '))
    );
  }

  private _pick(place: HTMLElement, opener: HTMLElement, side: Side): void {
    const close = () => fill(place);
    const chosen = (id: string) => {
      close();
      this._compare(side === 'old' ? id : this._old, side === 'new' ? id : this._new);
    };
    const picker = new Picker(this._found![side].cell, this._target, this._tools, chosen, () => {
      const had = place.contains(document.activeElement);
      close();
      if (had) {
        opener.focus(); // it was closed with Escape
      }
    });
    fill(place, picker.node);
    picker.focus();
  }

  private _compare(old: string, now: string): void {
    [this._old, this._new] = [old, now];
    void this._load().then(() => this._content.focus());
  }

  private _controls(): HTMLElement {
    const words = this._tools.words;
    const only = button(
      words.__('Only differences'),
      words.__('Leave out what is the same'),
      () => {
        this._all = !this._all;
        only.setAttribute('aria-pressed', String(!this._all));
        this._drawBody(this._found!);
      },
      !this._all
    );
    const swap = button(words.__('⇄ Swap sides'), words.__('What is before comes after'), () =>
      this._compare(this._new, this._old)
    );
    return h('div', { class: 'jp-Cashet-buttons' }, only, swap);
  }

  private _drawBody(found: IContrast): void {
    const words = this._tools.words;
    this._clear();
    const [source, shown] = [h('div', {}), h('div', {})];
    const inputs = found.inputs ?? [];
    fill(
      this._body,
      section(words.__('What changed'), this._changes(found.findings)),
      section(words.__('Source'), source),
      inputs.length ? section(words.__('Inputs'), drawDifferences(inputs, this._all, words)) : null,
      section(words.__('Outputs'), drawDifferences(found.results, this._all, words)),
      section(words.__('What they showed'), shown)
    );
    const failed = (place: HTMLElement) => (error: unknown) =>
      fill(place, quiet(words.__('It cannot be read: %1', reasonOf(error))));
    this._source(found, source).catch(failed(source));
    this._outputs(shown).catch(failed(shown));
  }

  private _changes(findings: IFinding[]): HTMLElement {
    const told = findings.filter(finding => this._all || finding.change);
    return told.length ? findingList(told, this._all) : quiet(this._tools.words.__('Nothing that is known'));
  }

  private async _source(found: IContrast, place: HTMLElement): Promise<void> {
    const { languages, words } = this._tools;
    if (found.old.code === found.new.code) {
      const code = this._all ? drawCode(found.new.code, languages, words) : null;
      return fill(place, quiet(words.__('The same text')), code);
    }
    const name = languageOf(languages);
    const [{ TwoTexts }, language] = await Promise.all([
      import('./merge'),
      name ? languages!.getLanguage(name).catch(() => null) : null
    ]);
    if (!this.isDisposed && place.isConnected) {
      const options = { words, label: words.__('Source'), language: language?.support ?? null, all: this._all };
      const view = new TwoTexts(found.old.code, found.new.code, options);
      this._made.push(view);
      fill(place, view.node);
    }
  }

  private async _outputs(place: HTMLElement): Promise<void> {
    fill(place, quiet(this._tools.words.__('Loading…')));
    const [old, now] = await this._shown!;
    const made: IDisposable[] = [];
    const drawer = new Drawer(this, this._tools);
    const node = await drawOutputs(old, now, this._all, drawer, this._tools, one => made.push(one));
    if (this.isDisposed || !place.isConnected) {
      return made.forEach(one => one.dispose()); // something else is shown by now
    }
    this._made.push(...made);
    fill(place, node);
  }
}
