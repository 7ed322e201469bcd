#pragma once

#include <sys/types.h>

#include <cstdint>

#include "unique_fd.h"

/** Clock ticks since boot at which the process started; 0 when there is none. */
uint64_t start_time_of(pid_t pid);

/** A pidfd of exactly the process that started then (ESRCH otherwise). */
UniqueFd open_process(pid_t pid, uint64_t start_time);
