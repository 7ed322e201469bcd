#pragma once

#include <string>
#include <vector>

#include "unique_fd.h"

namespace kernel {

/// The calling thread is in another network namespace until this ends. Ends the program when the way back
/// fails: a worker thread left in a stranger's namespace would act there for the next caller.
class NetnsScope {
 public:
  /// `path` of a pinned namespace; empty: stay where we are.
  explicit NetnsScope(const std::string& path);
  ~NetnsScope();
  NetnsScope(const NetnsScope&) = delete;
  NetnsScope& operator=(const NetnsScope&) = delete;

 private:
  UniqueFd home_;
};

/// A descriptor of the namespace pinned at `path` (ENOENT; EINVAL when it is no network namespace).
UniqueFd open_netns(const std::string& path);
/// Pins a new namespace at `path` and sets `lo` up in it (EEXIST). The directory must exist.
void create_netns(const std::string& path);
/// Unpins it (ENOENT).
void remove_netns(const std::string& path);
/// Names pinned directly below `directory`, sorted; none when it is missing.
std::vector<std::string> list_netns(const std::string& directory);

}  // namespace kernel
