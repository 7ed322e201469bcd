#pragma once

#include <optional>
#include <string>

namespace kernel {

/// Applies a text as one transaction in the namespace pinned at `netns` (empty: that of this thread).
/// The detail of the error is what libnftables wrote.
void apply_nft(const std::string& netns, const std::string& ruleset);
/// What a listing command answers, as JSON text; none when the table is not there.
std::optional<std::string> list_nft(const std::string& netns, const std::string& command);

}  // namespace kernel
