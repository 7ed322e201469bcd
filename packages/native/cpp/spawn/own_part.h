#pragma once

#include <cstdint>

#include "unique_fd.h"

/**
 * The part of the v2 tree that a distribution's init keeps its services in: a group below the tree's own, which
 * belongs to root of the tree, as the kernel's rules for delegation have it. Limits lie in the group above, and
 * no controller is handed down: what is made here counts processes together and limits nothing.
 */
UniqueFd make_own_part(const UniqueFd& group, uint32_t owner);

/** By the first process, whose cgroup namespace begins there: the part stands on /sys/fs/cgroup, where an init
 * looks before it decides. Nothing is done where the tree has no such place. */
void mount_own_part();
