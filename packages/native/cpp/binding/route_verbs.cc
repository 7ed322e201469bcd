#include "../kernel/rtnl_route.h"
#include "async_call.h"
#include "link_names.h"
#include "options.h"
#include "verbs.h"

namespace binding {
namespace {

using kernel::NetlinkSocket;

kernel::Route read_route(const Options& options) {
  return {.destination = options.text("destination"),
          .gateway = options.optional_text("gateway"),
          .link = options.text("link"),
          .onlink = options.optional_flag("onlink").value_or(false)};
}

Napi::Value add_route(const Napi::CallbackInfo& info) {
  const Options options(info);
  const kernel::Route route = read_route(options.object("route"));
  return perform(info.Env(), [netns = options.text_or_empty("netns"), route] {
    NetlinkSocket socket = NetlinkSocket::open(netns);
    kernel::add_route(socket, route);
  });
}

Napi::Value delete_route(const Napi::CallbackInfo& info) {
  const Options options(info);
  const kernel::Route route = read_route(options.object("route"));
  return perform(info.Env(), [netns = options.text_or_empty("netns"), route] {
    NetlinkSocket socket = NetlinkSocket::open(netns);
    kernel::delete_route(socket, route);
  });
}

struct Listing {
  std::vector<kernel::SeenRoute> routes;
  LinkNames names;
};

Napi::Value list_routes(const Napi::CallbackInfo& info) {
  return answer(
      info.Env(),
      [netns = Options(info).text_or_empty("netns")] {
        NetlinkSocket socket = NetlinkSocket::open(netns);
        Listing listing{kernel::list_routes(socket), {}};
        listing.names = names_of(kernel::list_links(socket));
        return listing;
      },
      [](Napi::Env env, const Listing& listing) {
        auto list = Napi::Array::New(env);
        for (const auto& route : listing.routes) {
          auto object = Napi::Object::New(env);
          object.Set("destination", route.destination);
          if (route.gateway) object.Set("gateway", *route.gateway);
          object.Set("link", name_of(listing.names, route.link_index));
          if (route.onlink) object.Set("onlink", true);
          list.Set(list.Length(), object);
        }
        return list;
      });
}

}  // namespace

void export_routes(Napi::Env env, Napi::Object exports) {
  exports.Set("addRoute", Napi::Function::New(env, add_route));
  exports.Set("deleteRoute", Napi::Function::New(env, delete_route));
  exports.Set("listRoutes", Napi::Function::New(env, list_routes));
}

}  // namespace binding
