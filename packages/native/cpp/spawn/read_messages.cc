/** For tests under sanitizers: reads each file named on the command line as both kinds of message. */
#include <fcntl.h>

#include <cstdio>

#include "exec_request.h"
#include "failure.h"
#include "netstring.h"
#include "tree_spec.h"

template <typename Read>
static const char* outcome(const char* path, Read read) {
  UniqueFd file = check_fd(open(path, O_RDONLY | O_CLOEXEC), "open message");
  try {
    read(read_netstring(file.get()));
    return "accepted";
  } catch (const Failure&) {
    return "refused";
  }
}

int main(int count, char** paths) {
  for (int i = 1; i < count; i++)
    std::printf("%s %s\n", outcome(paths[i], parse_tree_spec), outcome(paths[i], parse_exec_request));
  return 0;
}
