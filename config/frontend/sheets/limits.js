// What a page takes of a file. More is the command line's work, or no sheet of clues.

/** Bytes of a file. */
export const MAX_FILE = 20 * 1024 * 1024;
/** Rows that the page itself submits. */
export const MAX_ROWS = 5_000;
/** Rows that it reads at all, to prepare them for the command line. */
export const MAX_READ = 200_000;
/** Columns of a table. */
export const MAX_COLUMNS = 500;
/** Characters of a cell. */
export const MAX_CELL = 8_192;
/** Entries of a workbook, and bytes of what they unpack to. */
export const MAX_ENTRIES = 2_000;
export const MAX_UNPACKED = 64 * 1024 * 1024;
/** Cells of a sheet, empty ones between them too. */
export const MAX_CELLS = 4_000_000;
/** Identifiers of a clue. */
export const MAX_IDENTIFIERS = 20;
