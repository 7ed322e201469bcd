#pragma once

/** The first process of a tree without a command: reaps, and on SIGTERM asks the others to end, then ends. */
int run_init();
