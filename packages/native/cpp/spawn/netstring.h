#pragma once

#include <string>
#include <string_view>

/** Messages are netstrings (`LENGTH:BYTES,`): no escape, no nesting depth, a length that is checked first. */
constexpr size_t kMessageLimit = 4 * 1024 * 1024;

/** Reads exactly one netstring from a descriptor and not a byte more. */
std::string read_netstring(int fd);

/** Takes one netstring off the front of `bytes`. */
std::string_view take_netstring(std::string_view& bytes);
