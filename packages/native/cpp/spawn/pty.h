#pragma once

#include <sys/types.h>

#include <cstdint>

#include "unique_fd.h"

/** A terminal of the tree's own devpts; the caller must be inside the tree. */
UniqueFd open_terminal(uint16_t rows, uint16_t columns);

/** In the child: the terminal is its streams and its controlling terminal, and belongs to `uid`. */
void sit_at_terminal(int terminal, uid_t uid);
