#pragma once

#include <cerrno>
#include <string>
#include <string_view>

#include "unique_fd.h"

/** A refusal: what was being done, and errno. Thrown by every step, reported once by the program. */
struct Failure {
  std::string step;
  int error;
};

[[noreturn]] void fail(std::string step, int error = errno);

/** The result of a call that answers -1 when the kernel refuses. */
template <typename Result>
Result check(Result result, std::string_view step) {
  if (result < 0) fail(std::string(step));
  return result;
}

inline UniqueFd check_fd(long fd, std::string_view step) {
  return UniqueFd(static_cast<int>(check(fd, step)));
}

/** One line `error ERRNO STEP`; a step never contains a newline. */
void report(int fd, const Failure& failure);

/** The first failure in what report() wrote; false when there is none. */
bool parse_report(std::string_view text, Failure& failure);
