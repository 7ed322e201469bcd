#pragma once

#include "unique_fd.h"

/** This very program, as something that can be executed in a tree and not written: what a tree runs of ours
 * must not be a way to the file on the host. On the host's /proc. */
UniqueFd own_program();
