import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { Badges } from './cells/badges';
import { historyIcon } from './icon';
import { HistoryModel } from './model/model';
import { HistoryPanel } from './sidebar/panel';
import { Api, ITarget } from './sources/rest';

const DOMAIN = 'cashet_jupyter';

namespace CommandIDs {
  export const show = 'cashet:show-history';
  export const run = 'cashet:show-run';
  export const cell = 'cashet:show-cell-run';
  export const search = 'cashet:search';
}

const badges: JupyterFrontEndPlugin<void> = {
  id: 'cashet-jupyter:badges',
  description: 'Marks cells whose result is stored.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, _: INotebookTracker, translator: ITranslator | null) => {
    app.docRegistry.addWidgetExtension('Notebook', new Badges((translator ?? nullTranslator).load(DOMAIN)));
  }
};

const panel: JupyterFrontEndPlugin<void> = {
  id: 'cashet-jupyter:panel',
  description: 'The history of cached cells: a sidebar, and a page for each run.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [IRenderMimeRegistry, ITranslator, ICommandPalette, ILayoutRestorer, ISettingRegistry],
  activate: activatePanel
};

function activatePanel(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  rendermime: IRenderMimeRegistry | null,
  translator: ITranslator | null,
  palette: ICommandPalette | null,
  restorer: ILayoutRestorer | null,
  settings: ISettingRegistry | null
): void {
  const words = (translator ?? nullTranslator).load(DOMAIN);
  const services = app.serviceManager;
  const api = new Api(services.serverSettings);
  const model = new HistoryModel(api, services.contents, services.events, tracker, words);
  const history = new HistoryPanel(
    model,
    {
      openRun: id => void openRun(id, model.target),
      compare: (old, now) => void compare(old, now, model.target),
      revealCell
    },
    words
  );
  history.id = 'cashet-history';
  history.title.icon = historyIcon;
  history.title.caption = words.__('History of cached cells');
  app.shell.add(history, 'left', { rank: 650, type: 'Cashet' });
  restorer?.add(history, history.id);
  void settings?.load(panel.id).catch(() => undefined);

  function revealCell(id: string): void {
    const content = model.notebook?.content;
    const index = content?.widgets.findIndex(cell => cell.model.id === id) ?? -1;
    if (content && index >= 0) {
      content.activeCellIndex = index;
      void content.scrollToItem(index, 'smart').catch(() => undefined);
    }
  }

  /** Bring a page into view, made if it is not there; what it is made of is loaded with the first of its kind. */
  async function open(name: string, make: (rendermime: IRenderMimeRegistry) => Promise<Widget>): Promise<void> {
    if (![...app.shell.widgets('main')].some(widget => widget.id === name)) {
      if (!rendermime) {
        return;
      }
      const page = new MainAreaWidget({ content: await make(rendermime) });
      page.id = name;
      page.title.icon = historyIcon;
      page.title.label = page.content.title.label;
      page.title.closable = true;
      page.content.title.changed.connect(title => {
        page.title.label = title.label;
        page.title.caption = title.caption;
      });
      app.shell.add(page, 'main', { mode: 'tab-after' });
    }
    app.shell.activateById(name);
  }

  async function openRun(id: string, target: ITarget): Promise<void> {
    const actions = { openRun: show, compare, insertCell, changed: () => void model.renew(true) };
    await open(`cashet-run-${id}`, async registry => {
      const { RunPage } = await import('./pages/run');
      return new RunPage(id, target, api, registry, actions, words);
    });
  }

  async function compare(old: string, now: string, target: ITarget): Promise<void> {
    await open(`cashet-diff-${old}-${now}`, async registry => {
      const { DiffPage } = await import('./pages/diff');
      return new DiffPage(old, now, target, api, registry, id => show(id, target), words);
    });
  }

  function show(id: string, target: ITarget): void {
    void openRun(id, target);
  }

  function insertCell(source: string): void {
    const current = tracker.currentWidget;
    if (current) {
      app.shell.activateById(current.id);
      NotebookActions.insertBelow(current.content);
      current.content.activeCell?.model.sharedModel.setSource(source);
    }
  }

  addCommands(app, history, model, openRun, words, palette);
}

function addCommands(
  app: JupyterFrontEnd,
  history: HistoryPanel,
  model: HistoryModel,
  openRun: (id: string, target: ITarget) => Promise<void>,
  words: ReturnType<typeof nullTranslator.load>,
  palette: ICommandPalette | null
): void {
  const runOfCell = () => {
    const id = model.notebook?.content.activeCell?.model.id;
    return id === undefined ? undefined : model.newest.get(id)?.id;
  };
  app.commands.addCommand(CommandIDs.show, {
    label: words.__('Show the History of Cached Cells'),
    caption: words.__('Cells of the notebook with their newest run, and all runs'),
    icon: historyIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => app.shell.activateById(history.id)
  });
  app.commands.addCommand(CommandIDs.search, {
    label: words.__('Search Runs of Cached Cells'),
    describedBy: { args: { type: 'object', properties: { text: { type: 'string' } } } },
    execute: args => {
      app.shell.activateById(history.id);
      history.find(typeof args.text === 'string' ? args.text : '');
    }
  });
  app.commands.addCommand(CommandIDs.run, {
    label: words.__('Show a Run of a Cached Cell'),
    describedBy: { args: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } } },
    isVisible: () => false,
    execute: async args => {
      if (typeof args.id === 'string' && /^[0-9a-f]{64}$/.test(args.id)) {
        await openRun(args.id, model.target);
      }
    }
  });
  app.commands.addCommand(CommandIDs.cell, {
    label: words.__('Show the Newest Run of This Cell'),
    icon: historyIcon,
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => runOfCell() !== undefined,
    execute: async () => {
      const id = runOfCell();
      if (id !== undefined) {
        await openRun(id, model.target);
      }
    }
  });
  for (const command of [CommandIDs.show, CommandIDs.search, CommandIDs.cell]) {
    palette?.addItem({ command, category: words.__('Notebook Operations') });
  }
}

const plugins: JupyterFrontEndPlugin<void>[] = [badges, panel];

export default plugins;
