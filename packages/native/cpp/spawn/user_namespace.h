#pragma once

#include <cstdint>

#include "unique_fd.h"

/** A user namespace in which ids 0 to count-1 are host ids base to base+count-1, and in which no further one
 * can be made. */
UniqueFd make_user_namespace(uint32_t base, uint32_t count);

/** This process enters the user namespace and is its root. */
void become_root_of(int user_namespace);
