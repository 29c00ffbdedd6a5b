import { JupyterFrontEnd } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { CellActions } from './cells/actions';
import { IWords } from './core/words';
import { anewIcon, compareIcon, historyIcon } from './icon';
import { HistoryModel } from './model/model';
import { Opener } from './opener';
import { Settings } from './settings';
import { HistoryPanel } from './sidebar/panel';

/** What commands are called, in menus, shortcuts and other extensions. */
export namespace CommandIDs {
  export const show = 'cashet:show-history';
  export const search = 'cashet:search';
  export const storage = 'cashet:show-storage';
  export const run = 'cashet:show-run';
  export const cell = 'cashet:show-cell-run';
  export const compare = 'cashet:compare-cell';
  export const anew = 'cashet:run-anew';
  export const badges = 'cashet:toggle-badges';
  export const toolbar = 'cashet:toggle-cell-toolbar';
}

/** What commands act on. */
export interface IParts {
  history: HistoryPanel;
  model: HistoryModel;
  opener: Opener;
  actions: CellActions;
  settings: Settings;
}

const NOTHING = { args: { type: 'object', properties: {} } } as const;
const IN_TOOLBAR = { args: { type: 'object', properties: { toolbar: { type: 'boolean' } } } } as const;

/** Put the commands where menus, shortcuts and the palette find them. */
export function addCommands(app: JupyterFrontEnd, parts: IParts, palette: ICommandPalette | null, words: IWords): void {
  const commands = [
    ...addPanelCommands(app, parts, words),
    ...addCellCommands(app.commands, parts, words),
    ...addSwitches(app.commands, parts.settings, words)
  ];
  for (const command of commands) {
    palette?.addItem({ command, category: words.__('Cached Cells') });
  }
}

function addPanelCommands(app: JupyterFrontEnd, { history, model, opener }: IParts, words: IWords): string[] {
  app.commands.addCommand(CommandIDs.show, {
    label: words.__('Show the History of Cached Cells'),
    caption: words.__('Cells of the notebook with their newest run, and all runs'),
    icon: historyIcon,
    describedBy: NOTHING,
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
  app.commands.addCommand(CommandIDs.storage, {
    label: words.__('Show the Storage of Cached Cells'),
    caption: words.__('What takes space in the store, by notebook and cell'),
    describedBy: NOTHING,
    execute: () => {
      app.shell.activateById(history.id);
      history.openView('storage');
    }
  });
  app.commands.addCommand(CommandIDs.run, {
    label: words.__('Show a Run of a Cached Cell'),
    describedBy: { args: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } } },
    isVisible: () => false,
    execute: args => {
      if (typeof args.id === 'string' && /^[0-9a-f]{64}$/.test(args.id)) {
        opener.openRun(args.id, model.target);
      }
    }
  });
  return [CommandIDs.show, CommandIDs.search, CommandIDs.storage];
}

/** What is done with the active cell: in the toolbar of a cell only where there is something to do. */
function addCellCommands(commands: CommandRegistry, { actions, settings }: IParts, words: IWords): string[] {
  const common = {
    describedBy: IN_TOOLBAR,
    isEnabled: () => actions.run !== '',
    isVisible: (args: ReadonlyPartialJSONObject) =>
      args.toolbar !== true || (settings.now.cellToolbar && actions.run !== '')
  };
  commands.addCommand(CommandIDs.anew, {
    ...common,
    label: words.__('Run Cell Anew'),
    caption: words.__('Run this cell although its result is stored, and store it anew'),
    icon: anewIcon,
    execute: () => actions.runAnew()
  });
  commands.addCommand(CommandIDs.cell, {
    ...common,
    label: words.__('Show the Run of This Cell'),
    caption: words.__('Show the run that this cell shows'),
    icon: historyIcon,
    execute: () => actions.show()
  });
  commands.addCommand(CommandIDs.compare, {
    ...common,
    label: words.__('Compare the Run of This Cell with the One Before'),
    caption: words.__('Compare the run of this cell with the one before'),
    icon: compareIcon,
    execute: () => actions.compare()
  });
  const own = [CommandIDs.anew, CommandIDs.cell, CommandIDs.compare];
  const renew = () => own.forEach(id => commands.notifyCommandChanged(id));
  actions.changed.connect(renew);
  settings.changed.connect(renew);
  return own;
}

/** Settings that one may want to switch at once. */
function addSwitches(commands: CommandRegistry, settings: Settings, words: IWords): string[] {
  const all = [
    [CommandIDs.badges, 'badges', words.__('Marks on Cached Cells')],
    [CommandIDs.toolbar, 'cellToolbar', words.__('Buttons in the Toolbar of Cached Cells')]
  ] as const;
  for (const [id, name, label] of all) {
    commands.addCommand(id, {
      label,
      describedBy: NOTHING,
      isToggleable: true,
      isToggled: () => settings.now[name],
      execute: () => settings.choose(name, !settings.now[name])
    });
  }
  settings.changed.connect(() => all.forEach(([id]) => commands.notifyCommandChanged(id)));
  return all.map(([id]) => id);
}
