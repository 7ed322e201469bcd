#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mount_call.h"
#include "unique_fd.h"

/** What the broker mounts from, opened before any program of the tree ran. */
struct MountSources {
  /** The host's /proc; the working directory too. */
  UniqueFd processes{};
  /** The tree's own /proc, masked. */
  UniqueFd own_processes{};
  /** Files that say how much memory the tree may use, in bytes or `max`. */
  std::vector<UniqueFd> memory_limits{};
  /** What the tree began with. */
  size_t mounts_at_first = 0;
  /** Its root directory, which a process that has changed its own can still name. */
  UniqueFd root{};
  /** The cover of the name that no user makes: nothing is mounted on it. */
  uint64_t reserved_mount = 0;
};

/** How many there are in our mount namespace. */
/** When there are so many that their table is not read to its end. */
inline constexpr size_t kUncounted = SIZE_MAX;
size_t count_mounts(const MountSources& sources);

/** Does it. Throws Failure with the errno that the caller is to see. */
void carry_out(MountCall call, const MountSources& sources);

/** The bytes that a tmpfs may hold which was asked for with `size`: `most` where that is less, or where
 * nothing, 0 or nonsense was asked for. */
uint64_t bounded_size(std::string_view size, uint64_t most, uint64_t whole);
