#include "rtnl_route.h"

#include "ip_prefix.h"
#include "rtnl_link.h"

namespace kernel {
namespace {

IpPrefix parse_destination(const std::string& text, const std::string& step) {
  if (text == "default4") return {.family = AF_INET, .address = {}, .length = 0};
  if (text == "default6") return {.family = AF_INET6, .address = {}, .length = 0};
  return parse_prefix(text, step);
}

void change_route(NetlinkSocket& socket, uint16_t type, uint16_t flags, const Route& route,
                  const std::string& step) {
  const IpPrefix destination = parse_destination(route.destination, step);
  rtmsg header{};
  header.rtm_family = destination.family;
  header.rtm_dst_len = destination.length;
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_protocol = RTPROT_STATIC;
  header.rtm_type = RTN_UNICAST;
  header.rtm_scope = route.gateway || destination.family == AF_INET6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
  header.rtm_flags = route.onlink ? static_cast<unsigned>(RTNH_F_ONLINK) : 0U;
  NetlinkMessage message(type, NLM_F_REQUEST | NLM_F_ACK | flags);
  message.header(header);
  if (!destination.address.empty()) message.put_bytes(RTA_DST, destination.address);
  if (route.gateway) message.put_bytes(RTA_GATEWAY, parse_address(*route.gateway, step).address);
  message.put_u32(RTA_OIF, static_cast<uint32_t>(link_index(socket, route.link, step)));
  socket.transact(std::move(message), step);
}

std::string in_words(const Route& route) {
  return route.destination + (route.gateway ? " by " + *route.gateway : "") + " on " + route.link;
}

std::string format_destination(const rtmsg& header, const NetlinkAttributes& attributes) {
  const auto bytes = attributes.find(RTA_DST);
  if (!bytes) return header.rtm_family == AF_INET6 ? "default6" : "default4";
  return format_address(header.rtm_family, *bytes) + "/" + std::to_string(header.rtm_dst_len);
}

}  // namespace

void add_route(NetlinkSocket& socket, const Route& route) {
  change_route(socket, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route, "add route " + in_words(route));
}

void delete_route(NetlinkSocket& socket, const Route& route) {
  change_route(socket, RTM_DELROUTE, 0, route, "delete route " + in_words(route));
}

std::vector<SeenRoute> list_routes(NetlinkSocket& socket) {
  std::vector<SeenRoute> routes;
  socket.dump([] { return NetlinkMessage(RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP).header(rtmsg{}); },
              "list routes", [&] { routes.clear(); },
              [&](const nlmsghdr& message) {
                if (message.nlmsg_type != RTM_NEWROUTE) return;
                const auto header = netlink_header<rtmsg>(message);
                const auto attributes = NetlinkAttributes::behind<rtmsg>(message);
                const bool cached = (header.rtm_flags & RTM_F_CLONED) != 0;
                const uint32_t table = attributes.u32(RTA_TABLE).value_or(header.rtm_table);
                const bool by_address = header.rtm_protocol == RTPROT_KERNEL;
                if (cached || table != RT_TABLE_MAIN || header.rtm_type != RTN_UNICAST || by_address) return;
                const auto link = attributes.u32(RTA_OIF);
                if (!link) return;
                SeenRoute route{format_destination(header, attributes), std::nullopt, static_cast<int>(*link),
                                (header.rtm_flags & RTNH_F_ONLINK) != 0};
                if (const auto gateway = attributes.find(RTA_GATEWAY)) {
                  route.gateway = format_address(header.rtm_family, *gateway);
                }
                routes.push_back(std::move(route));
              });
  return routes;
}

}  // namespace kernel
