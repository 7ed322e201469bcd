#pragma once

#include <sys/types.h>

#include <cstdint>

#include "unique_fd.h"

/** Gives the user namespace of a process that was just born in it its ids, [0, count) as [base, base + count)
 * on the host, for users and groups, and answers with the namespace. */
UniqueFd map_ids_of(pid_t process, uint32_t base, uint32_t count);

/** The calling process, in a user namespace whose ids are mapped, becomes its root. */
void become_root();

/** No further user and network namespaces can be made in the user namespace of the calling process. */
void forbid_nested_user_namespaces();

/** `0` written there forbids further mount namespaces: to be opened on the host's /proc, and written to once
 * the tree has its own. */
UniqueFd open_limit_on_mount_namespaces();

/** The calling process becomes root of the user namespace. */
void become_root_of(int user_namespace);
