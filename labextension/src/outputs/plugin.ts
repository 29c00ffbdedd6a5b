import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';

import { MIME, RANK, RunRenderer, VIEW } from './run';

/**
 * Lets the runs among the outputs of a notebook be widgets, with what draws widgets in that notebook.
 *
 * Apart from the mime renderer, which knows no notebook: it draws runs wherever there is none, without widgets.
 */
export const outputs: JupyterFrontEndPlugin<void> = {
  id: 'cashet-jupyter:outputs',
  description: 'Shows the panels of runs among the outputs of a notebook as widgets, where their kernel is there.',
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_: JupyterFrontEnd, tracker: INotebookTracker) => {
    tracker.forEach(take);
    tracker.widgetAdded.connect((_, panel) => take(panel));
  }
};

function take(panel: NotebookPanel): void {
  const registry = panel.content.rendermime;
  const makeLive = () => (registry.getFactory(VIEW) ? registry.createRenderer(VIEW) : null);
  registry.addFactory(
    { safe: true, mimeTypes: [MIME], createRenderer: options => new RunRenderer(options, makeLive) },
    RANK
  );
}
