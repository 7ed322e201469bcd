#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "unique_fd.h"

/** A new file system, not attached anywhere yet. `attributes` are MOUNT_ATTR_*. */
UniqueFd new_mount(const char* type, const std::vector<std::pair<std::string, std::string>>& options,
                   uint64_t attributes);

/** What lies at `source`, as a mount of its own, not attached anywhere, without what is mounted below it. */
UniqueFd clone_mount(int source, const std::string& step);

/** The same with everything that is mounted below it. */
UniqueFd clone_mounts(int source, const std::string& step);

/** Sets and clears attributes of one mount; with `user_namespace` >= 0 it is idmapped to it as well, and with
 * `propagation` (MS_*) it changes what it shares. */
void set_attributes(int mount, uint64_t set, uint64_t clear, int user_namespace, const std::string& step,
                    uint64_t propagation = 0);

/** Whether nothing can be written there: by the mount, or by its whole file system. */
bool is_read_only(int mount, const std::string& step);

/** Which mount a descriptor is on, as in the first column of mountinfo. */
uint64_t mount_of(int fd, const std::string& step);

/** Puts a detached mount on top of an opened directory or file. */
void attach_mount(int mount, int target, const std::string& step);
