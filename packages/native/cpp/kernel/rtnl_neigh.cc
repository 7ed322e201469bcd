#include "rtnl_neigh.h"

#include <linux/neighbour.h>

#include "ip_prefix.h"
#include "mac_address.h"
#include "rtnl_link.h"

namespace kernel {
namespace {

constexpr uint16_t kRequest = NLM_F_REQUEST | NLM_F_ACK;
constexpr uint16_t kReplace = kRequest | NLM_F_CREATE | NLM_F_REPLACE;

ndmsg neighbour_header(uint8_t family, int link, uint16_t state, uint8_t flags) {
  ndmsg header{};
  header.ndm_family = family;
  header.ndm_ifindex = link;
  header.ndm_state = state;
  header.ndm_flags = flags;
  return header;
}

NetlinkMessage neighbour_message(uint16_t type, uint16_t flags, const ndmsg& header,
                                 const IpPrefix& address) {
  NetlinkMessage message(type, flags);
  message.header(header).put_bytes(NDA_DST, address.address);
  return message;
}

void for_each_neighbour(NetlinkSocket& socket, uint8_t family, const std::string& step,
                        const std::function<void()>& restart,
                        const std::function<void(const ndmsg&, const NetlinkAttributes&)>& handle) {
  socket.dump(
      [&] {
        return NetlinkMessage(RTM_GETNEIGH, NLM_F_REQUEST | NLM_F_DUMP)
            .header(neighbour_header(family, 0, 0, 0));
      },
      step, restart,
      [&](const nlmsghdr& message) {
        if (message.nlmsg_type != RTM_NEWNEIGH) return;
        handle(netlink_header<ndmsg>(message), NetlinkAttributes::behind<ndmsg>(message));
      });
}

}  // namespace

void replace_neighbour(NetlinkSocket& socket, const std::string& link, const std::string& address,
                       const std::string& mac) {
  const std::string step = "set neighbour " + address + " on " + link + " to " + mac;
  const IpPrefix parsed = parse_address(address, step);
  const auto bytes = parse_mac(mac, step);
  const int index = link_index(socket, link, step);
  const ndmsg header = neighbour_header(parsed.family, index, NUD_PERMANENT, 0);
  auto message = neighbour_message(RTM_NEWNEIGH, kReplace, header, parsed);
  socket.transact(std::move(message.put_bytes(NDA_LLADDR, bytes)), step);
}

void delete_neighbour(NetlinkSocket& socket, const std::string& link, const std::string& address) {
  const std::string step = "delete neighbour " + address + " on " + link;
  const IpPrefix parsed = parse_address(address, step);
  const int index = link_index(socket, link, step);
  const ndmsg header = neighbour_header(parsed.family, index, 0, 0);
  socket.transact(neighbour_message(RTM_DELNEIGH, kRequest, header, parsed), step);
}

void probe_neighbour(NetlinkSocket& socket, const std::string& link, const std::string& address) {
  const std::string step = "ask who has " + address + " on " + link;
  const IpPrefix parsed = parse_address(address, step);
  const int index = link_index(socket, link, step);
  const ndmsg header = neighbour_header(parsed.family, index, NUD_NONE, NTF_USE);
  socket.transact(neighbour_message(RTM_NEWNEIGH, kReplace, header, parsed), step);
}

std::vector<Neighbour> list_neighbours(NetlinkSocket& socket) {
  std::vector<Neighbour> neighbours;
  const auto gather = [&](const ndmsg& header, const NetlinkAttributes& attributes) {
    // Multicast and the host's own addresses stand in the same table
    if (header.ndm_state & NUD_NOARP) return;
    if (header.ndm_family != AF_INET && header.ndm_family != AF_INET6) return;
    const auto address = attributes.find(NDA_DST);
    if (!address) return;
    Neighbour neighbour{header.ndm_ifindex, format_address(header.ndm_family, *address), std::nullopt,
                        header.ndm_state};
    const auto mac = attributes.find(NDA_LLADDR);
    if (mac && !mac->empty()) neighbour.mac = format_mac(*mac);
    neighbours.push_back(std::move(neighbour));
  };
  for_each_neighbour(
      socket, AF_UNSPEC, "list neighbours", [&] { neighbours.clear(); }, gather);
  return neighbours;
}

void replace_forwarding(NetlinkSocket& socket, const std::string& port, const std::string& mac) {
  const std::string step = "forward " + mac + " to port " + port;
  const auto bytes = parse_mac(mac, step);
  // NUD_NOARP is "static"; NUD_PERMANENT would mean an address of the bridge itself
  const int index = link_index(socket, port, step);
  const ndmsg header = neighbour_header(AF_BRIDGE, index, NUD_NOARP, NTF_MASTER);
  NetlinkMessage message(RTM_NEWNEIGH, kReplace);
  message.header(header).put_bytes(NDA_LLADDR, bytes);
  socket.transact(std::move(message), step);
}

void delete_forwarding(NetlinkSocket& socket, const std::string& port, const std::string& mac) {
  const std::string step = "stop forwarding " + mac + " to port " + port;
  const auto bytes = parse_mac(mac, step);
  const int index = link_index(socket, port, step);
  NetlinkMessage message(RTM_DELNEIGH, kRequest);
  message.header(neighbour_header(AF_BRIDGE, index, 0, NTF_MASTER)).put_bytes(NDA_LLADDR, bytes);
  socket.transact(std::move(message), step);
}

std::vector<ForwardingEntry> list_forwarding(NetlinkSocket& socket) {
  std::vector<ForwardingEntry> entries;
  const auto gather = [&](const ndmsg& header, const NetlinkAttributes& attributes) {
    if (!(header.ndm_state & NUD_NOARP)) return;
    const auto mac = attributes.find(NDA_LLADDR);
    const auto bridge = attributes.u32(NDA_MASTER);
    if (!mac || !bridge) return;
    entries.push_back({static_cast<int>(*bridge), header.ndm_ifindex, format_mac(*mac)});
  };
  for_each_neighbour(
      socket, AF_BRIDGE, "list forwarding entries", [&] { entries.clear(); }, gather);
  return entries;
}

}  // namespace kernel
