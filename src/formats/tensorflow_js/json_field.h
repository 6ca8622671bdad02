#pragma once

#include <nlohmann/json.hpp>

namespace octet::tensorflow_js {

// A field of an object; null where there is none, where it is null, and where `json` is no object. Nothing is copied: a file may nest
// JSON without end, and it is copied by recursion.
inline const nlohmann::json* find(const nlohmann::json& json, const char* key) {
  if (!json.is_object()) return nullptr;
  const auto found = json.find(key);
  return found == json.end() || found->is_null() ? nullptr : &*found;
}

// The same where it is a list.
inline const nlohmann::json* find_list(const nlohmann::json& json, const char* key) {
  const nlohmann::json* found = find(json, key);
  return found && found->is_array() ? found : nullptr;
}

// The same where it is a text.
inline const std::string* find_text(const nlohmann::json& json, const char* key) {
  const nlohmann::json* found = find(json, key);
  return found ? found->get_ptr<const std::string*>() : nullptr;
}

}  // namespace octet::tensorflow_js
