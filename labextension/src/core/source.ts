/** Whether a cell's text is what ran: the server tells the CRC-32 of the text without the line that opts in. */

let table: Uint32Array | null = null;

function crcTable(): Uint32Array {
  const made = new Uint32Array(256);
  for (let index = 0; index < 256; index++) {
    let value = index;
    for (let bit = 0; bit < 8; bit++) {
      value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    }
    made[index] = value >>> 0;
  }
  return made;
}

/** CRC-32 of the UTF-8 bytes of a text, in eight hexadecimal digits. */
export function crc32(text: string): string {
  table = table ?? crcTable();
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff];
  }
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}

/** A cell's text as a run keeps it: without its line `%%cashet`, and without empty lines around it. */
export function withoutMark(source: string): string {
  const lines = source.split(/\r\n|\n|\r/);
  const first = lines.findIndex(line => line.trim() !== '');
  if (first >= 0 && /^%%cashet(\s|$)/.test(lines[first].trim())) {
    lines.splice(first, 1);
  }
  return lines.join('\n').replace(/^\n+|\n+$/g, '');
}

/** By which a cell is compared with the run that the server tells of. */
export function fingerprint(source: string): string {
  return crc32(withoutMark(source));
}

/** A few words to recognise a cell by: its first line of code, else its first line. */
export function label(source: string): string {
  const lines = withoutMark(source)
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
  const code = lines.find(line => !/^(#|%%|import |from |@)/.test(line)) ?? lines[0] ?? '';
  return code.length <= 80 ? code : `${code.slice(0, 79)}…`;
}
