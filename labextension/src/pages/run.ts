import { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { fill, h } from '../core/dom';
import { short } from '../core/format';
import { Graph } from '../core/graph';
import { IDetail } from '../core/types';
import { reasonOf } from '../sources/refusal';
import { ITarget } from '../sources/source';
import { drawCode } from './code';
import { Head } from './head';
import { button, findingList, quiet, section, valueList } from './parts';
import { Drawer } from './shown';
import { drawSurroundings } from './surroundings';
import { IActions, ITools } from './tools';
import { drawVersions } from './versions';

/** Everything that is told of one run. */
export class RunPage extends Widget {
  private _content = h('div', { class: 'jp-Cashet-page', tabindex: -1 });
  private _status = h('div', { class: 'jp-Cashet-message', role: 'status' });

  constructor(
    readonly run: string,
    private _target: ITarget,
    private _tools: ITools,
    private _actions: IActions
  ) {
    super();
    this.addClass('jp-Cashet-runpage');
    this.node.append(this._status, this._content);
    this.title.label = short(run);
    void this._load();
  }

  /** By which it is found again among the pages that are open. */
  get key(): string {
    return `run ${this.run}`;
  }

  protected onActivateRequest(_: Message): void {
    this._content.focus();
  }

  private _say(text: string): void {
    this._status.textContent = text;
    this._status.hidden = text === '';
  }

  private async _load(): Promise<void> {
    const { source, words } = this._tools;
    this._say(words.__('Loading…'));
    let run: IDetail;
    try {
      run = await source.run(this._target, this.run);
    } catch (error) {
      return this._say(words.__('The run cannot be shown: %1', reasonOf(error)));
    }
    if (this.isDisposed) {
      return;
    }
    this._say('');
    this.title.label = (run.label || short(this.run)).slice(0, 60); // the status bar shows all of it
    this.title.caption = words.__('Run %1', this.run);
    this._draw(run);
  }

  private _draw(run: IDetail): void {
    const { languages, words } = this._tools;
    const say = (text: string) => this._say(text);
    const head = new Head(run, this._target, this._tools, this._actions, say, () => this._gone());
    const error = run.error ? h('pre', { class: 'jp-Cashet-error', tabindex: 0 }, run.error) : null;
    fill(
      this._content,
      head.node,
      error ? section(words.__('Error'), error) : null,
      section(words.__('Source'), drawCode(run.code, languages, words)),
      section(
        words.__('What it showed'),
        this._late('jp-Cashet-shown', place => this._shown(place))
      ),
      section(words.__('Why it ran'), this._why(run)),
      section(words.__('Inputs'), valueList(run.inputs, run.more.inputs ?? 0, words.__('Inputs'), words)),
      section(words.__('Outputs'), valueList(run.results, run.more.results ?? 0, words.__('Outputs'), words)),
      section(
        words.__('Where it comes from'),
        this._late('', place => this._lineage(place))
      ),
      section(
        words.__('Versions of the cell'),
        this._late('', place => this._versions(place))
      ),
      section(words.__('Files and environment'), drawSurroundings(run, words))
    );
  }

  /** A place for what is asked for by itself; that it cannot be had says only that place. */
  private _late(name: string, draw: (place: HTMLElement) => Promise<void>): HTMLElement {
    const { words } = this._tools;
    const place = h('div', { class: name }, quiet(words.__('Loading…')));
    draw(place).catch(error => fill(place, quiet(words.__('It cannot be read: %1', reasonOf(error)))));
    return place;
  }

  private async _shown(place: HTMLElement): Promise<void> {
    const shown = await this._tools.source.shown(this._target, this.run);
    if (!this.isDisposed) {
      await new Drawer(this, this._tools).all(shown, place);
    }
  }

  private async _lineage(place: HTMLElement): Promise<void> {
    const { source, words } = this._tools;
    const descent = await source.lineage(this._target, this.run);
    if (descent.nodes.length < 2) {
      const text = words.__('It read nothing that a cached cell had left, and nothing was made from it.');
      return fill(place, quiet(text));
    }
    const graph = new Graph(descent, id => this._actions.openRun(id, this._target), words);
    fill(place, graph.node);
    await graph.draw();
  }

  private async _versions(place: HTMLElement): Promise<void> {
    const found = await this._tools.source.versions(this._target, this.run);
    const open = (id: string) => this._actions.openRun(id, this._target);
    const compare = (old: string, now: string) => this._actions.compare(old, now, this._target);
    fill(place, drawVersions(found, { open, compare }, this._tools.words));
  }

  private _why(run: IDetail): HTMLElement {
    const { words } = this._tools;
    const changed = run.why.findings.filter(finding => finding.change);
    const against = run.why.against;
    const compare = () => this._actions.compare(against, run.id, this._target);
    return h(
      'div',
      {},
      h('p', {}, run.why.answer || words.__('Nothing is known.')),
      changed.length ? findingList(changed) : null,
      against ? button(words.__('Compared with %1', short(against)), words.__('Show both side by side'), compare) : null
    );
  }

  private _gone(): void {
    fill(this._content);
    this._say(this._tools.words.__('The run is deleted.'));
    this._actions.changed();
  }
}
