import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CellActions } from './cells/actions';
import { Badges } from './cells/badges';
import { addCommands, CommandIDs } from './commands';
import { historyIcon } from './icon';
import { IWords } from './core/words';
import { HistoryModel } from './model/model';
import type { NotebookFollower } from './model/notebook';
import { INotebooks, Notebooks } from './model/notebooks';
import { Opener } from './opener';
import { outputs } from './outputs/plugin';
import { DEFAULTS, ISettings, Settings } from './settings';
import { HistoryPanel } from './sidebar/panel';
import { CommSource } from './sources/comm';
import { Either } from './sources/either';
import { RestSource } from './sources/rest';
import { ITarget, Source } from './sources/source';

const DOMAIN = 'cashet_jupyter';
/** The plugin that has a schema. */
const PANEL = 'cashet-jupyter:panel';
/** Where in a sidebar; under this type Lab remembers where a user has put it. */
const PLACE = { rank: 650, type: 'Cashet' };

const notebooks: JupyterFrontEndPlugin<Notebooks> = {
  id: 'cashet-jupyter:notebooks',
  description: 'Follows open notebooks: which cells run, and which were restored.',
  autoStart: true,
  requires: [INotebookTracker],
  provides: INotebooks,
  activate: (_: JupyterFrontEnd, tracker: INotebookTracker) => new Notebooks(tracker)
};

const settings: JupyterFrontEndPlugin<Settings> = {
  id: 'cashet-jupyter:settings',
  description: 'What the user has chosen for cached cells.',
  autoStart: true,
  optional: [ISettingRegistry],
  provides: ISettings,
  activate: (_: JupyterFrontEnd, registry: ISettingRegistry | null) => {
    const chosen = new Settings();
    // Where they cannot be read, the defaults hold.
    void registry
      ?.load(PANEL)
      .then(kept => chosen.follow(kept))
      .catch(() => undefined);
    return chosen;
  }
};

const badges: JupyterFrontEndPlugin<void> = {
  id: 'cashet-jupyter:badges',
  description: 'Marks cells whose result is stored.',
  autoStart: true,
  requires: [INotebooks, ISettings],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, followed: Notebooks, chosen: Settings, translator: ITranslator | null) => {
    const words = (translator ?? nullTranslator).load(DOMAIN);
    const open = (id: string) => {
      if (app.commands.hasCommand(CommandIDs.run)) {
        void app.commands.execute(CommandIDs.run, { id });
      }
    };
    const marks = new Badges(followed, open, words);
    const obeyed = () => {
      marks.enabled = chosen.now.badges;
    };
    chosen.changed.connect(obeyed);
    obeyed();
    app.docRegistry.addWidgetExtension('Notebook', marks);
  }
};

const panel: JupyterFrontEndPlugin<void> = {
  id: PANEL,
  description: 'The history of cached cells: a sidebar, and a page for each run.',
  autoStart: true,
  requires: [INotebookTracker, INotebooks, ISettings],
  optional: [IRenderMimeRegistry, IEditorLanguageRegistry, ITranslator, ICommandPalette, ILayoutRestorer],
  activate: activatePanel
};

function activatePanel(
  app: JupyterFrontEnd,
  tracker: INotebookTracker,
  followed: Notebooks,
  chosen: Settings,
  rendermime: IRenderMimeRegistry | null,
  languages: IEditorLanguageRegistry | null,
  translator: ITranslator | null,
  palette: ICommandPalette | null,
  restorer: ILayoutRestorer | null
): void {
  const words = (translator ?? nullTranslator).load(DOMAIN);
  const services = app.serviceManager;
  const source = sourceOf(app, followed, words);
  const model = new HistoryModel(source, services.contents, services.events, followed, words);
  const tools = rendermime && { source, rendermime, languages, words };
  const opener = new Opener(app, tracker, tools, () => void model.renew(true));
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
  app.shell.add(history, chosen.now.side, PLACE);
  restorer?.add(history, history.id);
  obey(chosen, app, history, model);
  const actions = new CellActions(followed, model, opener, words);
  addCommands(app, { history, model, opener, actions, settings: chosen }, palette, words);
}

/** Do as the user has chosen, then and whenever that changes; only what was chosen anew is done. */
function obey(chosen: Settings, app: JupyterFrontEnd, history: HistoryPanel, model: HistoryModel): void {
  let last = { ...DEFAULTS, side: chosen.now.side };
  const look = () => {
    const [old, now] = [last, chosen.now];
    last = now;
    if (now.side !== old.side) {
      const visible = history.isVisible;
      app.shell.add(history, now.side, PLACE);
      if (visible) {
        app.shell.activateById(history.id);
      }
    }
    if (now.view !== old.view) {
      history.openView(now.view);
    }
    if (now.wholeStore !== old.wholeStore) {
      model.setSearch(model.search, now.wholeStore);
    }
  };
  chosen.changed.connect(look);
  look();
}

/** The server where it knows the store, else the kernel. */
function sourceOf(app: JupyterFrontEnd, followed: Notebooks, words: IWords): Source {
  const { serverSettings, contents } = app.serviceManager;
  const at = (target: ITarget) => (one: NotebookFollower) => contents.localPath(one.panel.context.path) === target.path;
  const mentions = (target: ITarget) => followed.all().some(one => at(target)(one) && one.mentions);
  // A page stays when its notebook gets another kernel, and asks that one.
  const connection = (target: ITarget) =>
    followed.kernel(one => one.kernel?.id === target.kernel) ?? followed.kernel(at(target));
  const kernel = new CommSource(connection, words);
  return new Either(new RestSource(serverSettings, words), kernel, mentions, words);
}

const plugins: JupyterFrontEndPlugin<any>[] = [notebooks, settings, badges, panel, outputs];

export default plugins;
