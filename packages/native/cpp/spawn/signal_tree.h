#pragma once

/** Sends a signal to exactly the process that started then; answers on descriptor 1. Returns the exit status.
 */
int signal_tree(const char* pid, const char* start_time, const char* signal);
