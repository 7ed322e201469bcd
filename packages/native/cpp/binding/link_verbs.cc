#include "../kernel/rtnl_link.h"
#include "async_call.h"
#include "link_names.h"
#include "options.h"
#include "verbs.h"

namespace binding {
namespace {

using kernel::NetlinkSocket;

kernel::BridgePortFlags read_port(const Options& options) {
  return {.isolated = options.optional_flag("isolated"),
          .learning = options.optional_flag("learning"),
          .flood = options.optional_flag("flood"),
          .mcast_flood = options.optional_flag("mcastFlood"),
          .bcast_flood = options.optional_flag("bcastFlood")};
}

Napi::Value create_bridge(const Napi::CallbackInfo& info) {
  const Options options(info);
  const kernel::BridgeSpec spec{.name = options.text("name"),
                                .mac = options.optional_text("mac"),
                                .mtu = options.optional_number("mtu")};
  return perform(info.Env(), [netns = options.text_or_empty("netns"), spec] {
    NetlinkSocket socket = NetlinkSocket::open(netns);
    kernel::create_bridge(socket, spec);
  });
}

Napi::Value create_veth(const Napi::CallbackInfo& info) {
  const Options options(info);
  const Options peer = options.object("peer");
  kernel::VethSpec spec{.name = options.text("name"),
                        .mac = options.optional_text("mac"),
                        .master = options.optional_text("master"),
                        .mtu = options.optional_number("mtu"),
                        .port = std::nullopt,
                        .peer_name = peer.text("name"),
                        .peer_netns = peer.text("netns"),
                        .peer_mac = peer.text("mac"),
                        .peer_index = peer.optional_number("index")};
  if (const auto port = options.optional_object("port")) spec.port = read_port(*port);
  return perform(info.Env(), [netns = options.text_or_empty("netns"), spec] {
    NetlinkSocket socket = NetlinkSocket::open(netns);
    kernel::create_veth(socket, spec);
  });
}

Napi::Value delete_link(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [netns = options.text_or_empty("netns"), name = options.text("name")] {
    NetlinkSocket socket = NetlinkSocket::open(netns);
    kernel::delete_link(socket, name);
  });
}

Napi::Value set_link(const Napi::CallbackInfo& info) {
  const Options options(info);
  kernel::LinkChange change{.up = options.optional_flag("up"),
                            .mac = options.optional_text("mac"),
                            .mtu = options.optional_number("mtu"),
                            .master = options.optional_text("master")};
  if (options.is_null("master")) change.master = "";
  return perform(info.Env(), [netns = options.text_or_empty("netns"), name = options.text("name"), change] {
    NetlinkSocket socket = NetlinkSocket::open(netns);
    kernel::set_link(socket, name, change);
  });
}

Napi::Value set_bridge_port(const Napi::CallbackInfo& info) {
  const Options options(info);
  const auto flags = read_port(options.object("flags"));
  return perform(info.Env(), [netns = options.text_or_empty("netns"), name = options.text("name"), flags] {
    NetlinkSocket socket = NetlinkSocket::open(netns);
    kernel::set_bridge_port(socket, name, flags);
  });
}

Napi::Object link_to_js(Napi::Env env, const kernel::Link& link, const LinkNames& names) {
  auto object = Napi::Object::New(env);
  object.Set("index", link.index);
  object.Set("name", link.name);
  object.Set("kind", link.kind);
  object.Set("mac", link.mac);
  object.Set("mtu", link.mtu);
  object.Set("up", link.up);
  object.Set("master", env.Null());
  if (link.master_index != 0) object.Set("master", name_of(names, link.master_index));
  object.Set("port", env.Null());
  if (link.port) {
    auto port = Napi::Object::New(env);
    port.Set("isolated", link.port->isolated.value_or(false));
    port.Set("learning", link.port->learning.value_or(false));
    port.Set("flood", link.port->flood.value_or(false));
    port.Set("mcastFlood", link.port->mcast_flood.value_or(false));
    port.Set("bcastFlood", link.port->bcast_flood.value_or(false));
    object.Set("port", port);
  }
  return object;
}

Napi::Value list_links(const Napi::CallbackInfo& info) {
  return answer(
      info.Env(),
      [netns = Options(info).text_or_empty("netns")] {
        NetlinkSocket socket = NetlinkSocket::open(netns);
        return kernel::list_links(socket);
      },
      [](Napi::Env env, const std::vector<kernel::Link>& links) {
        const LinkNames names = names_of(links);
        auto list = Napi::Array::New(env, links.size());
        for (uint32_t i = 0; i < links.size(); ++i) list.Set(i, link_to_js(env, links[i], names));
        return list;
      });
}

}  // namespace

void export_links(Napi::Env env, Napi::Object exports) {
  exports.Set("createBridge", Napi::Function::New(env, create_bridge));
  exports.Set("createVeth", Napi::Function::New(env, create_veth));
  exports.Set("deleteLink", Napi::Function::New(env, delete_link));
  exports.Set("setLink", Napi::Function::New(env, set_link));
  exports.Set("setBridgePort", Napi::Function::New(env, set_bridge_port));
  exports.Set("listLinks", Napi::Function::New(env, list_links));
}

}  // namespace binding
