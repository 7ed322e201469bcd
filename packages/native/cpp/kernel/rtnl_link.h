#pragma once

#include <optional>
#include <string>
#include <vector>

#include "netlink_socket.h"

namespace kernel {

/// Flags of a bridge port; what is absent stays as it is.
struct BridgePortFlags {
  std::optional<bool> isolated;
  std::optional<bool> learning;
  std::optional<bool> flood;
  std::optional<bool> mcast_flood;
  std::optional<bool> bcast_flood;
};

struct BridgeSpec {
  std::string name;
  std::optional<std::string> mac;
  std::optional<uint32_t> mtu;
};

struct VethSpec {
  std::string name;
  std::optional<std::string> mac;
  std::optional<std::string> master;
  std::optional<uint32_t> mtu;
  std::optional<BridgePortFlags> port;
  std::string peer_name;
  std::string peer_netns;
  std::string peer_mac;
  std::optional<uint32_t> peer_index;
};

struct LinkChange {
  std::optional<bool> up;
  std::optional<std::string> mac;
  std::optional<uint32_t> mtu;
  /// empty text: off its bridge
  std::optional<std::string> master;
};

struct Link {
  int index = 0;
  std::string name;
  std::string kind;
  std::string mac;
  uint32_t mtu = 0;
  bool up = false;
  /// 0 is none
  int master_index = 0;
  std::optional<BridgePortFlags> port;
};

/// Index of a link by name (ENODEV).
int link_index(NetlinkSocket& socket, const std::string& name, const std::string& step);
/// A bridge that is up (EEXIST).
void create_bridge(NetlinkSocket& socket, const BridgeSpec& spec);
/// Both ends in one message; the near end is up, a port of `master` with the flags before it is up (EEXIST).
void create_veth(NetlinkSocket& socket, const VethSpec& spec);
/// ENODEV when it is not there.
void delete_link(NetlinkSocket& socket, const std::string& name);
void set_link(NetlinkSocket& socket, const std::string& name, const LinkChange& change);
/// EINVAL when the link is no bridge port.
void set_bridge_port(NetlinkSocket& socket, const std::string& name, const BridgePortFlags& flags);
std::vector<Link> list_links(NetlinkSocket& socket);

}  // namespace kernel
