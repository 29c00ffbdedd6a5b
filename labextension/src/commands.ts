import { JupyterFrontEnd } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';

import { IWords } from './core/words';
import { historyIcon } from './icon';
import { HistoryModel } from './model/model';
import { Opener } from './opener';
import { HistoryPanel } from './sidebar/panel';

/** What commands are called, in menus, shortcuts and other extensions. */
export namespace CommandIDs {
  export const show = 'cashet:show-history';
  export const run = 'cashet:show-run';
  export const cell = 'cashet:show-cell-run';
  export const search = 'cashet:search';
}

const NOTHING = { args: { type: 'object', properties: {} } } as const;

/** Put the commands where menus, shortcuts and the palette find them. */
export function addCommands(
  app: JupyterFrontEnd,
  history: HistoryPanel,
  model: HistoryModel,
  opener: Opener,
  palette: ICommandPalette | null,
  words: IWords
): void {
  const runOfCell = () => {
    const id = model.notebook?.content.activeCell?.model.id;
    return id === undefined ? undefined : model.newest.get(id)?.id;
  };
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
  app.commands.addCommand(CommandIDs.cell, {
    label: words.__('Show the Newest Run of This Cell'),
    icon: historyIcon,
    describedBy: NOTHING,
    isEnabled: () => runOfCell() !== undefined,
    execute: () => {
      const id = runOfCell();
      if (id !== undefined) {
        opener.openRun(id, model.target);
      }
    }
  });
  for (const command of [CommandIDs.show, CommandIDs.search, CommandIDs.cell]) {
    palette?.addItem({ command, category: words.__('Notebook Operations') });
  }
}
