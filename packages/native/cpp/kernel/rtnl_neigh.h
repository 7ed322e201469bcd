#pragma once

#include <optional>
#include <string>
#include <vector>

#include "netlink_socket.h"

namespace kernel {

struct Neighbour {
  int link_index = 0;
  std::string address;
  std::optional<std::string> mac;
  /// NUD_…
  uint16_t state = 0;
};

struct ForwardingEntry {
  int bridge_index = 0;
  int port_index = 0;
  std::string mac;
};

/// A permanent entry, in place of any other for the address (ENODEV).
void replace_neighbour(NetlinkSocket& socket, const std::string& link, const std::string& address,
                       const std::string& mac);
/// ENOENT when there is none.
void delete_neighbour(NetlinkSocket& socket, const std::string& link, const std::string& address);
/// Has the kernel ask for the address, as if something were to be sent there.
void probe_neighbour(NetlinkSocket& socket, const std::string& link, const std::string& address);
std::vector<Neighbour> list_neighbours(NetlinkSocket& socket);

/// A static entry of the bridge above `port`, in place of any other for the mac on that bridge (ENODEV).
void replace_forwarding(NetlinkSocket& socket, const std::string& port, const std::string& mac);
/// ENOENT when the mac does not lead to `port`.
void delete_forwarding(NetlinkSocket& socket, const std::string& port, const std::string& mac);
/// Static entries of every bridge.
std::vector<ForwardingEntry> list_forwarding(NetlinkSocket& socket);

}  // namespace kernel
