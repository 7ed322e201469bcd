#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "unique_fd.h"

/** All bytes are written, or errno says why not. */
bool write_all(int fd, std::string_view bytes);

/** Everything up to the end of file, cut at `limit` bytes. */
std::string read_all(int fd, size_t limit);

/** Parts of an absolute path; refuses what is not absolute and plain (`..`, `.`, empty parts). */
std::vector<std::string> plain_parts(std::string_view path, std::string_view field);

/** Opens a host path as O_PATH (and `flags`) without following any link on the way. */
UniqueFd open_plain(const std::string& path, uint64_t flags, std::string_view step);

/** Opens a path below `root` without following any link and without leaving it. */
UniqueFd open_below(int root, const std::string& relative, uint64_t flags, std::string_view step);

/** The same; empty, with errno, where it cannot be opened. */
UniqueFd find_below(int root, const std::string& relative, uint64_t flags);

struct HostPathBelow;

/** Opens a path of the host as O_PATH (and `flags`): its prefix without following a link, and the rest
 * without leaving the prefix and without a link, whoever swaps parts of it meanwhile. */
UniqueFd open_host_path(const HostPathBelow& below, uint64_t flags, std::string_view step);
