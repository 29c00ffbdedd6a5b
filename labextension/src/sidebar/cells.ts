import { h } from '../core/dom';
import { quoted } from '../core/filters';
import { ICell, IState } from '../core/states';
import { IRow } from '../core/types';
import { IWords } from '../core/words';
import { HistoryModel } from '../model/model';
import { Pair } from './pair';
import { drawCell, drawNote, drawRun } from './rows';
import { IViews, ListView } from './view';

type Line =
  | { kind: 'cell'; cell: ICell; open: boolean; place: [number, number] }
  | { kind: 'run'; row: IRow; cell: string; place: [number, number] }
  | { kind: 'note'; text: string; name: string; cell: string; find: string; place: [number, number] };

/** As many runs as the model fetches of one cell; where there are as many, there may be more. */
const MANY = 50;

/** The code cells of the notebook with their newest run; an open one shows its runs below. */
export class CellsView extends ListView<Line> {
  readonly node: HTMLElement;
  private _open = new Map<string, IRow[] | null>();
  private _asked = new Map<string, string>();
  private _marks = new Map<string, string>();

  constructor(
    private _model: HistoryModel,
    private _views: IViews,
    private _pair: Pair,
    private _words: IWords
  ) {
    super(_words.__('Cells of the notebook'));
    this.node = h('div', { class: 'jp-Cashet-view' }, this.list.node);
  }

  refresh(): void {
    const cells = this._model.trouble === 'no notebook' ? [] : this._model.cells();
    const lines: Line[] = [];
    cells.forEach((cell, index) => {
      lines.push({ kind: 'cell', cell, open: this._open.has(cell.id), place: [index + 1, cells.length] });
      this._renew(cell.id);
      lines.push(...this._below(cell));
    });
    this.list.node.hidden = lines.length === 0;
    this.put(lines);
    this._tell(cells);
  }

  /** While a cell runs its seconds count up; only its line is drawn again. */
  countUp(): void {
    const cells = new Map(this._model.cells().map(cell => [cell.id, cell]));
    this.lines.forEach((line, index) => {
      const cell = line.kind === 'cell' ? cells.get(line.cell.id) : undefined;
      if (line.kind === 'cell' && cell && cell.started !== null) {
        line.cell = cell;
        this.list.touch(index);
      }
    });
  }

  protected keyOf(line: Line): string {
    switch (line.kind) {
      case 'cell':
        return `c ${line.cell.id}`;
      case 'run':
        return `r ${line.cell} ${line.row.id}`;
      case 'note':
        return `n ${line.cell} ${line.name}`;
    }
  }

  protected among(line: Line): [number, number] {
    return line.place;
  }

  protected draw(line: Line, element: HTMLElement): void {
    switch (line.kind) {
      case 'cell': {
        const active = this._model.notebook?.content.activeCell?.model.id === line.cell.id;
        const how = { open: line.open, active };
        return drawCell(element, line.cell, this._model.stateOf(line.cell), how, this._words);
      }
      case 'run': {
        const onTag = (name: string, value: string) => this._views.find(`tag:${quoted(`${name}=${value}`)}`);
        const how = { level: 2 as const, picked: this._pair.has(line.row), whole: false, onTag };
        return drawRun(element, line.row, how, this._words);
      }
      case 'note':
        element.classList.toggle('jp-mod-link', line.find !== '');
        return drawNote(element, line.text);
    }
  }

  protected choose(line: Line, other: boolean): void {
    if (line.kind === 'cell') {
      this._views.revealCell(line.cell.id);
      this._toggle(line.cell.id, !line.open);
    } else if (line.kind === 'note') {
      if (line.find) {
        this._views.find(line.find);
      }
    } else if (other) {
      this._pick(line.row);
    } else {
      this._views.openRun(line.row.id);
    }
  }

  protected key(line: Line, key: string, index: number): boolean {
    if (key === 'c' && line.kind === 'run') {
      this._pick(line.row);
      return true;
    }
    if (line.kind === 'cell' && (key === 'ArrowRight' || key === 'ArrowLeft')) {
      if (key === 'ArrowRight' && line.open) {
        this.list.activate(index + 1);
      } else {
        this._toggle(line.cell.id, key === 'ArrowRight');
      }
      return true;
    }
    if (key === 'ArrowLeft') {
      const above = this.lines.findIndex(one => one.kind === 'cell' && one.cell.id === idOf(line));
      this.list.activate(above);
      return true;
    }
    return false;
  }

  private _pick(row: IRow): void {
    this._pair.pick(row);
    this._views.refresh();
  }

  /** What stands below an open cell: why it is not stored or not up to date, and its runs. */
  private _below(cell: ICell): Line[] {
    const runs = this._open.get(cell.id);
    if (runs === undefined) {
      return [];
    }
    const words = this._words;
    const notes: { name: string; text: string; find?: string }[] = [];
    const { reason, mark } = this._model.stateOf(cell);
    const why = reason && mark === 'refused' ? words.__('Not stored: %1', reason) : reason;
    // A row has room for two lines: what a reason, and the advice after it, say goes on rows of their own.
    notes.push(
      ...why
        .split('; ', 5)
        .map((text, index) => ({ name: `why ${index}`, text }))
        .filter(note => note.text)
    );
    if (runs === null) {
      notes.push({ name: 'wait', text: words.__('…') });
    } else if (runs.length === 0) {
      notes.push({ name: 'none', text: words.__('No runs are stored.') });
    }
    const more = (runs?.length ?? 0) >= MANY;
    const last = { name: 'more', text: words.__('All runs of this cell …'), find: `cell:${quoted(cell.id)}` };
    const siblings = notes.length + (runs?.length ?? 0) + (more ? 1 : 0);
    const note = (one: { name: string; text: string; find?: string }, place: number): Line => {
      return { kind: 'note', find: '', ...one, cell: cell.id, place: [place, siblings] };
    };
    return [
      ...notes.map((one, index) => note(one, index + 1)),
      ...(runs ?? []).map((row, index): Line => {
        return { kind: 'run', row, cell: cell.id, place: [notes.length + index + 1, siblings] };
      }),
      ...(more ? [note(last, siblings)] : [])
    ];
  }

  private _toggle(id: string, open: boolean): void {
    if (open) {
      this._open.set(id, this._open.get(id) ?? null);
    } else {
      this._open.delete(id);
      this._asked.delete(id);
    }
    this.refresh();
  }

  /** Fetch the runs of an open cell again, once for each newest run that there is. */
  private _renew(id: string): void {
    const newest = this._model.newest.get(id)?.id ?? '';
    if (this._open.has(id) && this._asked.get(id) !== newest) {
      this._asked.set(id, newest);
      void this._fill(id);
    }
  }

  private async _fill(id: string): Promise<void> {
    let runs: IRow[] = [];
    try {
      runs = await this._model.runsOf(id);
    } catch {
      // the message of the panel says what is wrong
    }
    if (this._open.has(id)) {
      const newest = this._model.newest.get(id); // a copied cell shows a run of the one that it was copied from
      this._open.set(id, runs.length || !newest ? runs : [newest]);
      this._views.refresh();
    }
  }

  /** Say of cells that were running how they ended. */
  private _tell(cells: ICell[]): void {
    const states = new Map<string, IState>(cells.map(cell => [cell.id, this._model.stateOf(cell)]));
    for (const cell of cells) {
      const [was, is] = [this._marks.get(cell.id), states.get(cell.id)!];
      if (was === 'running' && is.mark !== 'running' && is.mark !== 'queued') {
        this._views.say(`${cell.label}: ${is.line}`);
      }
    }
    this._marks = new Map([...states].map(([id, state]) => [id, state.mark]));
  }
}

function idOf(line: Line): string {
  return line.kind === 'cell' ? line.cell.id : line.cell;
}
