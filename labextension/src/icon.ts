import { LabIcon } from '@jupyterlab/ui-components';

/** A clock whose hand goes back. */
const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><g class="jp-icon3" fill="#616161"><path d="M13 3a9 9 0 0 0-9 9H1l3.9 3.9.1.2L9 12H6a7 7 0 1 1 2.1 5l-1.5 1.4A9 9 0 1 0 13 3zm-1 5v5l4.3 2.5.7-1.2-3.5-2.1V8z"/></g></svg>`;

export const historyIcon = new LabIcon({ name: 'cashet-jupyter:history', svgstr });

/** An arrow that goes round, with a spark: run it once more. */
const anew = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><g class="jp-icon3" fill="#616161"><path d="M12 5V1.5L16.5 6 12 10.5V7a5.5 5.5 0 1 0 5.4 6.6h2A7.5 7.5 0 1 1 12 5z"/><path d="M10.3 10v5.6l4.4-2.8z"/></g></svg>`;

export const anewIcon = new LabIcon({ name: 'cashet-jupyter:anew', svgstr: anew });

/** Two sheets side by side. */
const compare = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24"><g class="jp-icon3" fill="#616161"><path d="M3 4h7v16H3zm1.6 1.6v12.8h3.8V5.600z" fill-rule="evenodd"/><path d="M14 4h7v16h-7zm1.500 3v2h4V7zm0 4v2h4v-2z" fill-rule="evenodd"/></g></svg>`;

export const compareIcon = new LabIcon({ name: 'cashet-jupyter:compare', svgstr: compare });
