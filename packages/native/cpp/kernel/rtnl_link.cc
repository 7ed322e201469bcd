#include "rtnl_link.h"

#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/veth.h>

#include <cerrno>

#include "kernel_error.h"
#include "mac_address.h"
#include "netns.h"

namespace kernel {
namespace {

constexpr uint16_t kRequest = NLM_F_REQUEST | NLM_F_ACK;
constexpr uint16_t kCreate = kRequest | NLM_F_CREATE | NLM_F_EXCL;

ifinfomsg link_header(unsigned flags = 0, unsigned mask = 0, int index = 0) {
  ifinfomsg header{};
  header.ifi_family = AF_UNSPEC;
  header.ifi_index = index;
  header.ifi_flags = flags;
  header.ifi_change = mask;
  return header;
}

void put_port_flags(NetlinkMessage& message, const BridgePortFlags& flags) {
  const auto put = [&](uint16_t type, const std::optional<bool>& value) {
    if (value) message.put_u8(type, *value ? 1 : 0);
  };
  put(IFLA_BRPORT_ISOLATED, flags.isolated);
  put(IFLA_BRPORT_LEARNING, flags.learning);
  put(IFLA_BRPORT_UNICAST_FLOOD, flags.flood);
  put(IFLA_BRPORT_MCAST_FLOOD, flags.mcast_flood);
  put(IFLA_BRPORT_BCAST_FLOOD, flags.bcast_flood);
}

BridgePortFlags read_port_flags(const NetlinkAttributes& attributes) {
  const auto read = [&](uint16_t type) { return attributes.u8(type).value_or(0) != 0; };
  return {.isolated = read(IFLA_BRPORT_ISOLATED),
          .learning = read(IFLA_BRPORT_LEARNING),
          .flood = read(IFLA_BRPORT_UNICAST_FLOOD),
          .mcast_flood = read(IFLA_BRPORT_MCAST_FLOOD),
          .bcast_flood = read(IFLA_BRPORT_BCAST_FLOOD)};
}

Link read_link(const nlmsghdr& message) {
  const auto header = netlink_header<ifinfomsg>(message);
  const auto attributes = NetlinkAttributes::behind<ifinfomsg>(message);
  const auto info = attributes.nested(IFLA_LINKINFO);
  Link link;
  link.index = header.ifi_index;
  link.name = attributes.text(IFLA_IFNAME).value_or("");
  link.up = (header.ifi_flags & IFF_UP) != 0;
  link.mtu = attributes.u32(IFLA_MTU).value_or(0);
  link.master_index = static_cast<int>(attributes.u32(IFLA_MASTER).value_or(0));
  link.kind = info.text(IFLA_INFO_KIND).value_or((header.ifi_flags & IFF_LOOPBACK) ? "loopback" : "");
  if (const auto mac = attributes.find(IFLA_ADDRESS)) link.mac = format_mac(*mac);
  if (info.text(IFLA_INFO_SLAVE_KIND) == "bridge") {
    link.port = read_port_flags(info.nested(IFLA_INFO_SLAVE_DATA));
  }
  return link;
}

/// The near end becomes up only now, with its port flags: it is never a port that learns or floods.
NetlinkMessage raise_veth(const VethSpec& spec) {
  NetlinkMessage message(RTM_NEWLINK, kRequest);
  message.header(link_header(IFF_UP, IFF_UP)).put_string(IFLA_IFNAME, spec.name);
  if (spec.master && spec.port) {
    const size_t info = message.begin(IFLA_LINKINFO);
    message.put_string(IFLA_INFO_SLAVE_KIND, "bridge");
    const size_t data = message.begin(IFLA_INFO_SLAVE_DATA);
    put_port_flags(message, *spec.port);
    message.end(data);
    message.end(info);
  }
  return message;
}

}  // namespace

int link_index(NetlinkSocket& socket, const std::string& name, const std::string& step) {
  NetlinkMessage message(RTM_GETLINK, NLM_F_REQUEST);
  message.header(link_header()).put_string(IFLA_IFNAME, name);
  int index = 0;
  socket.get(std::move(message), step,
             [&](const nlmsghdr& answer) { index = netlink_header<ifinfomsg>(answer).ifi_index; });
  return index;
}

void create_bridge(NetlinkSocket& socket, const BridgeSpec& spec) {
  const std::string step = "create bridge " + spec.name;
  NetlinkMessage message(RTM_NEWLINK, kCreate);
  message.header(link_header(IFF_UP, IFF_UP)).put_string(IFLA_IFNAME, spec.name);
  if (spec.mac) message.put_bytes(IFLA_ADDRESS, parse_mac(*spec.mac, step));
  if (spec.mtu) message.put_u32(IFLA_MTU, *spec.mtu);
  const size_t info = message.begin(IFLA_LINKINFO);
  message.put_string(IFLA_INFO_KIND, "bridge");
  const size_t data = message.begin(IFLA_INFO_DATA);
  constexpr uint32_t no_link_local_learning = 1U << BR_BOOLOPT_NO_LL_LEARN;
  const br_boolopt_multi options{.optval = no_link_local_learning, .optmask = no_link_local_learning};
  message.put(IFLA_BR_MULTI_BOOLOPT, &options, sizeof options);
  message.end(data);
  message.end(info);
  socket.transact(std::move(message), step);
}

void create_veth(NetlinkSocket& socket, const VethSpec& spec) {
  const std::string step = "create veth " + spec.name + " with " + spec.peer_name + " in " + spec.peer_netns;
  const UniqueFd peer_netns = open_netns(spec.peer_netns);
  NetlinkMessage message(RTM_NEWLINK, kCreate);
  message.header(link_header()).put_string(IFLA_IFNAME, spec.name);
  if (spec.mac) message.put_bytes(IFLA_ADDRESS, parse_mac(*spec.mac, step));
  if (spec.mtu) message.put_u32(IFLA_MTU, *spec.mtu);
  if (spec.master) {
    const int master = link_index(socket, *spec.master, "find bridge " + *spec.master);
    message.put_u32(IFLA_MASTER, static_cast<uint32_t>(master));
  }
  const size_t info = message.begin(IFLA_LINKINFO);
  message.put_string(IFLA_INFO_KIND, "veth");
  const size_t data = message.begin(IFLA_INFO_DATA);
  const size_t peer = message.begin(VETH_INFO_PEER);
  // IFF_UP here fails with ENOTCONN: the kernel opens this end before it knows the other
  message.header(link_header(0, 0, static_cast<int>(spec.peer_index.value_or(0))));
  message.put_string(IFLA_IFNAME, spec.peer_name);
  message.put_bytes(IFLA_ADDRESS, parse_mac(spec.peer_mac, step));
  if (spec.mtu) message.put_u32(IFLA_MTU, *spec.mtu);
  message.put_u32(IFLA_NET_NS_FD, static_cast<uint32_t>(peer_netns.get()));
  message.end(peer);
  message.end(data);
  message.end(info);
  socket.transact(std::move(message), step);

  try {
    socket.transact(raise_veth(spec), "set port flags of " + spec.name + " and set it up");
  } catch (...) {
    delete_link(socket, spec.name);
    throw;
  }
}

void delete_link(NetlinkSocket& socket, const std::string& name) {
  NetlinkMessage message(RTM_DELLINK, kRequest);
  message.header(link_header()).put_string(IFLA_IFNAME, name);
  socket.transact(std::move(message), "delete link " + name);
}

void set_link(NetlinkSocket& socket, const std::string& name, const LinkChange& change) {
  const std::string step = "change link " + name;
  NetlinkMessage message(RTM_NEWLINK, kRequest);
  const unsigned flags = change.up.value_or(false) ? IFF_UP : 0;
  message.header(link_header(flags, change.up ? IFF_UP : 0)).put_string(IFLA_IFNAME, name);
  if (change.mac) message.put_bytes(IFLA_ADDRESS, parse_mac(*change.mac, step));
  if (change.mtu) message.put_u32(IFLA_MTU, *change.mtu);
  if (change.master) {
    const int master =
        change.master->empty() ? 0 : link_index(socket, *change.master, "find bridge " + *change.master);
    message.put_u32(IFLA_MASTER, static_cast<uint32_t>(master));
  }
  socket.transact(std::move(message), step);
}

void set_bridge_port(NetlinkSocket& socket, const std::string& name, const BridgePortFlags& flags) {
  const std::string step = "set bridge port flags of " + name;
  const int index = link_index(socket, name, step);
  NetlinkMessage message(RTM_SETLINK, kRequest);
  ifinfomsg header = link_header(0, 0, index);
  header.ifi_family = AF_BRIDGE;
  message.header(header);
  const size_t info = message.begin(IFLA_PROTINFO | NLA_F_NESTED);
  put_port_flags(message, flags);
  message.end(info);
  try {
    socket.transact(std::move(message), step);
  } catch (const KernelError& error) {
    // What the kernel says of a link without a bridge above it
    if (error.number() != EOPNOTSUPP) throw;
    throw KernelError(step, EINVAL, "it is no port of a bridge");
  }
}

std::vector<Link> list_links(NetlinkSocket& socket) {
  std::vector<Link> links;
  socket.dump([] { return NetlinkMessage(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP).header(link_header()); },
              "list links", [&] { links.clear(); },
              [&](const nlmsghdr& message) {
                if (message.nlmsg_type == RTM_NEWLINK) links.push_back(read_link(message));
              });
  return links;
}

}  // namespace kernel
