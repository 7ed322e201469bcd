#include "../kernel/rtnl_address.h"
#include "async_call.h"
#include "link_names.h"
#include "options.h"
#include "verbs.h"

namespace binding {
namespace {

using kernel::NetlinkSocket;

Napi::Value add_address(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [netns = options.text_or_empty("netns"), link = options.text("link"),
                              prefix = options.text("prefix")] {
    NetlinkSocket socket = NetlinkSocket::open(netns);
    kernel::add_address(socket, link, prefix);
  });
}

Napi::Value delete_address(const Napi::CallbackInfo& info) {
  const Options options(info);
  return perform(info.Env(), [netns = options.text_or_empty("netns"), link = options.text("link"),
                              prefix = options.text("prefix")] {
    NetlinkSocket socket = NetlinkSocket::open(netns);
    kernel::delete_address(socket, link, prefix);
  });
}

struct Listing {
  std::vector<kernel::LinkAddress> addresses;
  LinkNames names;
};

Napi::Value list_addresses(const Napi::CallbackInfo& info) {
  return answer(
      info.Env(),
      [netns = Options(info).text_or_empty("netns")] {
        NetlinkSocket socket = NetlinkSocket::open(netns);
        Listing listing{kernel::list_addresses(socket), {}};
        listing.names = names_of(kernel::list_links(socket));
        return listing;
      },
      [](Napi::Env env, const Listing& listing) {
        auto list = Napi::Array::New(env);
        for (const auto& address : listing.addresses) {
          auto object = Napi::Object::New(env);
          object.Set("link", name_of(listing.names, address.link_index));
          object.Set("prefix", address.prefix);
          list.Set(list.Length(), object);
        }
        return list;
      });
}

}  // namespace

void export_addresses(Napi::Env env, Napi::Object exports) {
  exports.Set("addAddress", Napi::Function::New(env, add_address));
  exports.Set("deleteAddress", Napi::Function::New(env, delete_address));
  exports.Set("listAddresses", Napi::Function::New(env, list_addresses));
}

}  // namespace binding
