import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { Badges } from './cells/badges';
import { addCommands, CommandIDs } from './commands';
import { historyIcon } from './icon';
import { IWords } from './core/words';
import { HistoryModel } from './model/model';
import { INotebooks, Notebooks } from './model/notebooks';
import { Opener } from './opener';
import { HistoryPanel } from './sidebar/panel';
import { CommSource } from './sources/comm';
import { Either } from './sources/either';
import { RestSource } from './sources/rest';
import { ITarget, Source } from './sources/source';

const DOMAIN = 'cashet_jupyter';

const notebooks: JupyterFrontEndPlugin<Notebooks> = {
  id: 'cashet-jupyter:notebooks',
  description: 'Follows open notebooks: which cells run, and which were restored.',
  autoStart: true,
  requires: [INotebookTracker],
  provides: INotebooks,
  activate: (_: JupyterFrontEnd, tracker: INotebookTracker) => new Notebooks(tracker)
};

const badges: JupyterFrontEndPlugin<void> = {
  id: 'cashet-jupyter:badges',
  description: 'Marks cells whose result is stored.',
  autoStart: true,
  requires: [INotebooks],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, followed: Notebooks, translator: ITranslator | null) => {
    const words = (translator ?? nullTranslator).load(DOMAIN);
    const open = (id: string) => {
      if (app.commands.hasCommand(CommandIDs.run)) {
        void app.commands.execute(CommandIDs.run, { id });
      }
    };
    app.docRegistry.addWidgetExtension('Notebook', new Badges(followed, open, words));
  }
};

const panel: JupyterFrontEndPlugin<void> = {
  id: 'cashet-jupyter:panel',
  description: 'The history of cached cells: a sidebar, and a page for each run.',
  autoStart: true,
  requires: [INotebookTracker, INotebooks],
  optional: [IRenderMimeRegistry, ITranslator, ICommandPalette, ILayoutRestorer, ISettingRegistry],
  activate: activatePanel
};

function activatePanel(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  followed: Notebooks,
  rendermime: IRenderMimeRegistry | null,
  translator: ITranslator | null,
  palette: ICommandPalette | null,
  restorer: ILayoutRestorer | null,
  settings: ISettingRegistry | null
): void {
  const words = (translator ?? nullTranslator).load(DOMAIN);
  const services = app.serviceManager;
  const source = sourceOf(app, followed, words);
  const model = new HistoryModel(source, services.contents, services.events, followed, words);
  const opener = new Opener(app, tracker, source, rendermime, () => void model.renew(true), words);
  const history = new HistoryPanel(
    model,
    {
      openRun: id => opener.openRun(id, model.target),
      compare: (old, now) => opener.compare(old, now, model.target),
      revealCell: opener.revealCell
    },
    words
  );
  history.id = 'cashet-history';
  history.title.icon = historyIcon;
  history.title.caption = words.__('History of cached cells');
  app.shell.add(history, 'left', { rank: 650, type: 'Cashet' });
  restorer?.add(history, history.id);
  void settings?.load(panel.id).catch(() => undefined);
  addCommands(app, history, model, opener, palette, words);
}

/** The server where it knows the store, else the kernel. */
function sourceOf(app: JupyterFrontEnd, followed: Notebooks, words: IWords): Source {
  const { serverSettings, contents } = app.serviceManager;
  const mentions = (target: ITarget) =>
    followed.all().some(one => contents.localPath(one.panel.context.path) === target.path && one.mentions);
  const kernel = new CommSource(id => followed.kernel(id), words);
  return new Either(new RestSource(serverSettings, words), kernel, mentions, words);
}

const plugins: JupyterFrontEndPlugin<any>[] = [notebooks, badges, panel];

export default plugins;
