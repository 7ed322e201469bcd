#include <fcntl.h>

#include "failure.h"
#include "mutant.h"
#include "paths.h"
#include "tree_spec.h"

UniqueFd open_host_path(const HostPathBelow& below, uint64_t flags, std::string_view step) {
  if (leaves_out("host-path-links"))
    return check_fd(open(below.whole().c_str(), O_PATH | O_CLOEXEC | static_cast<int>(flags)), step);
  UniqueFd prefix = open_plain(below.prefix, O_PATH | O_DIRECTORY, "open " + below.prefix);
  return open_below(prefix.get(), below.path, O_PATH | flags, step);
}
