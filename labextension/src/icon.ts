import { LabIcon } from '@jupyterlab/ui-components';

/** A clock whose hand goes back. */
const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><g class="jp-icon3" fill="#616161"><path d="M13 3a9 9 0 0 0-9 9H1l3.9 3.9.1.2L9 12H6a7 7 0 1 1 2.1 5l-1.5 1.4A9 9 0 1 0 13 3zm-1 5v5l4.3 2.5.7-1.2-3.5-2.1V8z"/></g></svg>`;

export const historyIcon = new LabIcon({ name: 'cashet-jupyter:history', svgstr });
