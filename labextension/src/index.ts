import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { Badges } from './cells/badges';
import { addCommands } from './commands';
import { historyIcon } from './icon';
import { HistoryModel } from './model/model';
import { Opener } from './opener';
import { HistoryPanel } from './sidebar/panel';
import { RestSource } from './sources/rest';

const DOMAIN = 'cashet_jupyter';

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
  const source = new RestSource(services.serverSettings, words);
  const model = new HistoryModel(source, services.contents, services.events, tracker, words);
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

const plugins: JupyterFrontEndPlugin<void>[] = [badges, panel];

export default plugins;
