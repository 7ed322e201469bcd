#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "unique_fd.h"

/** Clock ticks since boot at which the process started; 0 when there is none. */
uint64_t start_time_of(pid_t pid);

/** Of which boot a number and a start time are: 36 characters. */
std::string boot_id();

/** A pidfd of exactly the process that started then (ESRCH otherwise). */
UniqueFd open_process(pid_t pid, uint64_t start_time);
