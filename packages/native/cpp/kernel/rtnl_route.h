#pragma once

#include <optional>
#include <string>
#include <vector>

#include "netlink_socket.h"

namespace kernel {

struct Route {
  /// `10.0.0.0/24`, `default4`, `default6`
  std::string destination;
  std::optional<std::string> gateway;
  std::string link;
  bool onlink = false;
};

struct SeenRoute {
  std::string destination;
  std::optional<std::string> gateway;
  int link_index = 0;
  bool onlink = false;
};

/// Into the main table (EEXIST; ENETUNREACH, for v6 EHOSTUNREACH, when the gateway cannot be reached).
void add_route(NetlinkSocket& socket, const Route& route);
/// ESRCH when it was not there.
void delete_route(NetlinkSocket& socket, const Route& route);
/// The main table, without the routes that the kernel makes for addresses.
std::vector<SeenRoute> list_routes(NetlinkSocket& socket);

}  // namespace kernel
