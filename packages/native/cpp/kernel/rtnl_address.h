#pragma once

#include <string>
#include <vector>

#include "netlink_socket.h"

namespace kernel {

struct LinkAddress {
  int link_index = 0;
  /// `10.0.0.5/24`
  std::string prefix;
};

/// v6 without duplicate detection (EEXIST, ENODEV).
void add_address(NetlinkSocket& socket, const std::string& link, const std::string& prefix);
/// EADDRNOTAVAIL when the link does not carry it.
void delete_address(NetlinkSocket& socket, const std::string& link, const std::string& prefix);
/// All but the link-local ones that the kernel made by itself.
std::vector<LinkAddress> list_addresses(NetlinkSocket& socket);

}  // namespace kernel
