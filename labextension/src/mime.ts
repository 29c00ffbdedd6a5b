import { IRenderMime } from '@jupyterlab/rendermime-interfaces';

import { MIME, RANK, RunRenderer } from './outputs/run';

/** Runs wherever there is no notebook that could have widgets: in a file, a log, a saved page. */
const extension: IRenderMime.IExtension = {
  id: 'cashet-jupyter:mime',
  description: 'Shows runs of cached cells among outputs.',
  rendererFactory: {
    safe: true,
    mimeTypes: [MIME],
    defaultRank: RANK,
    createRenderer: options => new RunRenderer(options)
  },
  dataType: 'json'
};

export default extension;
