#pragma once

#include <csignal>

/** The first process of a tree without a command: reaps, and on SIGTERM asks the others to end, then ends. */
int run_init();

/** Also long before init is executed: a first process loses every signal that it neither blocks nor handles.
 */
sigset_t block_signals_of_init();
