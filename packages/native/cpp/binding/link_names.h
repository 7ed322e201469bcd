#pragma once

#include <map>
#include <string>
#include <vector>

#include "../kernel/rtnl_link.h"

namespace binding {

/// Names of links by index, for lists in which the kernel gives indexes only.
using LinkNames = std::map<int, std::string>;

inline LinkNames names_of(const std::vector<kernel::Link>& links) {
  LinkNames names;
  for (const auto& link : links) names.emplace(link.index, link.name);
  return names;
}

/// The index as text when the link went between the two dumps.
inline std::string name_of(const LinkNames& names, int index) {
  const auto found = names.find(index);
  return found == names.end() ? std::to_string(index) : found->second;
}

}  // namespace binding
