#include "parts/setup.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/quoted_name.h"

// {"octet_part": 1, "version": "0.1.0", "isa": "avx2", "verb": "check", "share": "2/3", "options": {"--limit": ["20"]},
//  "places": {"--data": ["/data/coco"]}, "inputs": [{"path": "x.xml", "bytes": 1234, "sha256": "..."}], "pictures": 5000,
//  "picture_names": "..."}
namespace octet {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kForm = 1;

std::string words_of(const OptionWords& options, const std::string& name) {
  const auto found = options.find(name);
  if (found == options.end()) return "nothing";
  std::string words = fmt::format("{}", fmt::join(found->second, " "));
  return words.empty() ? "set" : words;
}

std::optional<std::string> difference_of(const OptionWords& expected, const OptionWords& other) {
  for (const OptionWords* words : {&expected, &other})
    for (const auto& [name, ignored] : *words)
      if (const std::string wanted = words_of(expected, name), found = words_of(other, name); wanted != found)
        return fmt::format("has {} {} for {}", name, in_quotes(found), in_quotes(wanted));
  return std::nullopt;
}

std::optional<std::string> difference_of(const std::vector<RecordedFile>& expected, const std::vector<RecordedFile>& other) {
  if (expected.size() != other.size()) return fmt::format("is of another number of files, {} for {}", other.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (expected[i].sha256 != other[i].sha256)
      return fmt::format("is of another {} ({} bytes, SHA-256 {:.12}..., for {} bytes, {:.12}...)", in_quotes(other[i].path),
                         other[i].bytes, other[i].sha256, expected[i].bytes, expected[i].sha256);
  return std::nullopt;
}

Error malformed(std::string_view why) { return {ErrorCode::kMalformed, "is no part of octet: " + std::string(why)}; }

bool is_digest(const std::string& text) { return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos; }

Json to_json(const std::vector<RecordedFile>& files) {
  Json list = Json::array();
  for (const RecordedFile& file : files) list.push_back({{"path", file.path}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  return list;
}

// JSON's library would take -1 and 1.5 as well.
std::uint64_t whole_number(const Json& json, bool& is_one) {
  is_one = is_one && json.is_number_unsigned();
  return json.is_number_unsigned() ? json.get<std::uint64_t>() : 0;
}

// What throws for a value of another kind is caught by parse_setup().
Result<PartSetup> setup_from(const Json& json) {
  PartSetup setup;
  bool are_whole = true;
  setup.version = json.at("version").get<std::string>();
  setup.isa = json.at("isa").get<std::string>();
  setup.verb = json.at("verb").get<std::string>();
  setup.options = json.at("options").get<OptionWords>();
  setup.places = json.at("places").get<OptionWords>();
  for (const Json& file : json.at("inputs"))
    setup.inputs.push_back(
        {file.at("path").get<std::string>(), whole_number(file.at("bytes"), are_whole), file.at("sha256").get<std::string>()});
  setup.pictures = whole_number(json.at("pictures"), are_whole);
  setup.picture_names = json.at("picture_names").get<std::string>();
  if (!are_whole) return malformed("'bytes' or 'pictures' is no whole number");
  return setup;
}

}  // namespace

std::optional<std::string> difference_of(const PartSetup& expected, const PartSetup& other) {
  if (other.verb != expected.verb) return fmt::format("is of {} for {}", in_quotes(other.verb), in_quotes(expected.verb));
  if (other.version != expected.version)
    return fmt::format("was made by octet {} for {}", in_quotes(other.version), in_quotes(expected.version));
  if (auto options = difference_of(expected.options, other.options)) return options;
  if (auto inputs = difference_of(expected.inputs, other.inputs)) return inputs;
  if (other.pictures != expected.pictures)
    return fmt::format("is of another number of pictures, {} for {}", other.pictures, expected.pictures);
  if (other.picture_names != expected.picture_names) return "is of pictures of other names";
  if (other.isa != expected.isa)
    return fmt::format("was computed with {} for {}, which round floats differently: set OCTET_ISA to one that all machines have",
                       in_quotes(other.isa), in_quotes(expected.isa));
  return std::nullopt;
}

std::string format_setup(const PartSetup& setup) {
  const Json json{{"octet_part", kForm},
                  {"version", setup.version},
                  {"isa", setup.isa},
                  {"verb", setup.verb},
                  {"share", to_string(setup.share)},
                  {"options", setup.options},
                  {"places", setup.places},
                  {"inputs", to_json(setup.inputs)},
                  {"pictures", setup.pictures},
                  {"picture_names", setup.picture_names}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<PartSetup> parse_setup(std::string_view text) {
  constexpr int kDeepest = 4;
  const auto is_shallow = [](int depth, Json::parse_event_t, const Json&) { return depth <= kDeepest; };
  const Json json = Json::parse(text, is_shallow, false);
  if (!json.is_object() || !json.contains("octet_part")) return malformed("its first record is none of 'octet_part'");
  if (json["octet_part"] != kForm)
    return Error{ErrorCode::kUnsupported,
                 fmt::format("is a part of form {}; this octet reads form {}", in_quotes(json["octet_part"].dump()), kForm)};
  try {
    OCTET_ASSIGN(PartSetup setup, setup_from(json));
    const auto share = parse_share(json.at("share").get<std::string>());
    if (!share.ok() || json.at("share") == "auto") return malformed("its 'share' is none");
    setup.share = *share;
    if (!is_digest(setup.picture_names)) return malformed("'picture_names' is no SHA-256");
    for (const RecordedFile& file : setup.inputs)
      if (!is_digest(file.sha256)) return malformed("an entry of 'inputs' has no SHA-256");
    return setup;
  } catch (const Json::exception& error) {
    return malformed(error.what());
  }
}

}  // namespace octet
