import { SessionContextDialogs } from '@jupyterlab/apputils';
import { Cell, CodeCell } from '@jupyterlab/cells';
import { Notebook, NotebookActions, NotebookPanel } from '@jupyterlab/notebook';
import type { ISignal, Signal } from '@lumino/signaling';

/** What goes with the request: the kernel's side then runs the cell although its result is stored. */
const WISH = { cashet: { refresh: true } };

/**
 * Run a cell, and store what it leaves anew; the cell itself stays as it is.
 *
 * The wish stands in the metadata of the one request. A comm message before it was rejected: a cell that does not come
 * to run would leave it behind for the next one.
 *
 * @returns whether it ran to its end.
 */
export async function runAnew(panel: NotebookPanel, cell: CodeCell): Promise<boolean> {
  const { sessionContext, content } = panel;
  if (sessionContext.isTerminating || sessionContext.pendingInput) {
    return false;
  }
  if (sessionContext.hasNoKernel && (await sessionContext.startKernel())) {
    await new SessionContextDialogs().selectKernel(sessionContext);
  }
  if (sessionContext.hasNoKernel || !content.model) {
    return false;
  }
  const { deletedCells } = content.model;
  const { recordTiming } = content.notebookConfig;
  tell(NotebookActions.executionScheduled, { notebook: content, cell });
  let success = false;
  try {
    const reply = await CodeCell.execute(cell, sessionContext, { deletedCells, recordTiming, ...WISH });
    deletedCells.splice(0, deletedCells.length);
    success = reply?.content.status === 'ok';
  } catch {
    // a kernel that was restarted, or a cell that is gone
  }
  if (!cell.isDisposed) {
    tell(NotebookActions.executed, { notebook: content, cell, success });
  }
  return success;
}

/** Those who follow executions hear of this one as of any other; they cannot be emitted by any other way. */
function tell(signal: ISignal<any, any>, args: { notebook: Notebook; cell: Cell; success?: boolean }): void {
  (signal as Partial<Signal<any, any>>).emit?.(args);
}
