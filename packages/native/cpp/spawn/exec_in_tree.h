#pragma once

/**
 * Reads a request from descriptor 3 (a socket) and runs its command in the tree; 0 to 2 are the command's
 * streams. Says `ok` or one error line on 3, later `exit CODE SIGNAL`; hears `r ROWS COLUMNS` lines there.
 * When 3 closes, the command is killed. Returns our own exit status.
 */
int exec_in_tree();
