import { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { SplitPanel, TabPanel, Widget } from '@lumino/widgets';

import { historyIcon } from './icon';
import type { IActions, ITools } from './pages/tools';
import { ITarget } from './sources/source';

/** Opens pages in the main area; what they are made of is loaded with the first of its kind. */
export class Opener {
  constructor(
    private _app: JupyterFrontEnd,
    private _tracker: INotebookTracker,
    /** Null where there is nothing to draw with: then no page is opened. */
    private _tools: ITools | null,
    private _changed: () => void
  ) {}

  /** Show the page of a run. */
  readonly openRun = (id: string, target: ITarget): void => {
    if (!isRun(id)) {
      return;
    }
    void this._open(`run ${id}`, async tools => {
      const { RunPage } = await import('./pages/run');
      return new RunPage(id, target, tools, this._actions());
    });
  };

  /** Show two runs side by side. */
  readonly compare = (old: string, now: string, target: ITarget): void => {
    if (!isRun(old) || !isRun(now)) {
      return;
    }
    void this._open(`diff ${old} ${now}`, async tools => {
      const { DiffPage } = await import('./pages/diff');
      return new DiffPage(old, now, target, tools, this._actions());
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

  private _actions(): IActions {
    return { openRun: this.openRun, compare: this.compare, insertCell: this.insertCell, changed: this._changed };
  }

  /** Bring a page into view, made if it is not there. */
  private async _open(key: string, make: (tools: ITools) => Promise<IPage>): Promise<void> {
    const shell = this._app.shell;
    const known = () => this._pages.find(one => one.content.key === key);
    const content = !known() && this._tools ? await make(this._tools) : null;
    let page = known(); // it may have been opened meanwhile
    if (content && !page) {
      page = new MainAreaWidget({ content });
      page.id = `cashet-page-${++pages}`;
      page.title.icon = historyIcon;
      page.title.closable = true;
      follow(page);
      this._keep(page);
      shell.add(page, 'main', { mode: 'tab-after' });
      if (!page.isAttached) {
        shell.add(page, 'down'); // Notebook 7 has room for one document, which is there already
      }
    }
    if (page) {
      shell.activateById(page.id);
      showBelow(page);
    }
  }

  private _keep(page: MainAreaWidget<IPage>): void {
    this._pages.push(page);
    page.disposed.connect(() => this._pages.splice(this._pages.indexOf(page), 1));
  }

  private _pages: MainAreaWidget<IPage>[] = [];
}

/** An id becomes a part of an address: a record by somebody else may name a run as it likes, such as `../..`. */
function isRun(id: string): boolean {
  return /^[0-9a-f]{64}$/.test(id);
}

/** A page says by which it is found again; what it shows may become something else. */
type IPage = Widget & { readonly key: string };

/**
 * Notebook 7 puts pages below its document, in tabs that do not follow what is activated and have no height at first;
 * in Lab pages are in no such tabs, and nothing happens.
 */
function showBelow(page: Widget): void {
  const tabs = page.parent?.parent;
  const split = tabs?.parent;
  if (tabs instanceof TabPanel && split instanceof SplitPanel) {
    tabs.currentWidget = page;
    const sizes = split.relativeSizes();
    const place = split.widgets.indexOf(tabs);
    if (sizes[place] < LEAST) {
      split.setRelativeSizes(sizes.map((size, other) => (other === place ? BELOW : size * (1 - BELOW))));
    }
  }
}

/** The tab says what the page says. */
function follow(page: MainAreaWidget<IPage>): void {
  const { title } = page.content;
  const tell = () => {
    page.title.label = title.label;
    page.title.caption = title.caption;
  };
  title.changed.connect(tell);
  tell();
}

/** The parts of the window's height that a page below the document has at least, and is given. */
const LEAST = 0.25;
const BELOW = 0.55;

let pages = 0;
