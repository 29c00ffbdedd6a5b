import { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';

import { IWords } from './core/words';
import { historyIcon } from './icon';
import { ITarget, Source } from './sources/source';

/** Opens pages in the main area; what they are made of is loaded with the first of its kind. */
export class Opener {
  constructor(
    private _app: JupyterFrontEnd,
    private _tracker: INotebookTracker,
    private _source: Source,
    private _rendermime: IRenderMimeRegistry | null,
    private _changed: () => void,
    private _words: IWords
  ) {}

  /** Show the page of a run. */
  readonly openRun = (id: string, target: ITarget): void => {
    void this._open(`cashet-run-${id}`, async registry => {
      const { RunPage } = await import('./pages/run');
      const { openRun, compare, insertCell, _changed: changed } = this;
      return new RunPage(id, target, this._source, registry, { openRun, compare, insertCell, changed }, this._words);
    });
  };

  /** Show two runs side by side. */
  readonly compare = (old: string, now: string, target: ITarget): void => {
    void this._open(`cashet-diff-${old}-${now}`, async registry => {
      const { DiffPage } = await import('./pages/diff');
      const open = (id: string) => this.openRun(id, target);
      return new DiffPage(old, now, target, this._source, registry, open, this._words);
    });
  };

  /** Put a new cell with this text below the active one. */
  readonly insertCell = (source: string): void => {
    const current = this._tracker.currentWidget;
    if (current) {
      this._app.shell.activateById(current.id);
      NotebookActions.insertBelow(current.content);
      current.content.activeCell?.model.sharedModel.setSource(source);
    }
  };

  /** Bring a cell of the notebook into view. */
  readonly revealCell = (id: string): void => {
    const content = this._tracker.currentWidget?.content;
    const index = content?.widgets.findIndex(cell => cell.model.id === id) ?? -1;
    if (content && index >= 0) {
      content.activeCellIndex = index;
      void content.scrollToItem(index, 'smart').catch(() => undefined);
    }
  };

  /** Bring a page into view, made if it is not there. */
  private async _open(name: string, make: (rendermime: IRenderMimeRegistry) => Promise<Widget>): Promise<void> {
    const shell = this._app.shell;
    if (![...shell.widgets('main')].some(widget => widget.id === name)) {
      if (!this._rendermime) {
        return;
      }
      const page = new MainAreaWidget({ content: await make(this._rendermime) });
      page.id = name;
      page.title.icon = historyIcon;
      page.title.label = page.content.title.label;
      page.title.closable = true;
      page.content.title.changed.connect(title => {
        page.title.label = title.label;
        page.title.caption = title.caption;
      });
      shell.add(page, 'main', { mode: 'tab-after' });
    }
    shell.activateById(name);
  }
}
