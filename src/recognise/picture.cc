#include "recognise/picture.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/parse_number.h"
#include "model/model_info.h"
#include "recognise/picture_inside.h"

namespace octet {
namespace {

constexpr Word<ResizeKind> kResizeTypes[] = {{"standard", ResizeKind::kStretch},
                                             {"fit_to_window", ResizeKind::kLetterboxCorner},
                                             {"fit_to_window_letterbox", ResizeKind::kLetterboxRounded}};
constexpr Word<bool> kYesNo[] = {{"YES", true}, {"NO", false}, {"True", true}, {"False", false}};

// What is stated, each by itself.
struct Stated {
  std::optional<ResizeKind> resize;
  std::optional<int> pad_value;
  std::optional<bool> reverse_channels;
  std::optional<std::vector<double>> mean, scale;

  bool is_empty() const { return !resize && !reverse_channels && !mean && !scale; }
};

// Numbers with blanks, commas or brackets between them.
Result<std::optional<std::vector<double>>> read_numbers(const InfoReader& info, std::string_view key) {
  const std::string* text = info.find(key);
  if (!text) return std::optional<std::vector<double>>();
  std::vector<double> numbers;
  constexpr std::string_view kBetween = " ,[]()\t";
  for (std::size_t begin = text->find_first_not_of(kBetween); begin != std::string::npos;) {
    const std::size_t end = std::min(text->find_first_of(kBetween, begin), text->size());
    const auto number = parse_number<double>(text->substr(begin, end - begin));
    const bool is_sound = number && std::isfinite(*number) && (key != "scale_values" || *number != 0);
    if (!is_sound) return bad_value(key, *text, key == "scale_values" ? "numbers other than 0" : "numbers");
    numbers.push_back(*number);
    begin = text->find_first_not_of(kBetween, end);
  }
  if (!numbers.empty() && numbers.size() != 1 && numbers.size() != 3) return bad_value(key, *text, "one number, or one a channel");
  return std::optional(std::move(numbers));
}

Result<Stated> read_stated(const ModelInfo& map) {
  const InfoReader info(map);
  Stated stated;
  if (info.find("resize_type")) OCTET_RETURN_IF_ERROR(info.read_word("resize_type", kResizeTypes, stated.resize.emplace()));
  if (info.find("octet_resize")) {
    ModelDescription own;
    OCTET_RETURN_IF_ERROR(apply_model_info({{"octet_resize", map.at("octet_resize")}}, own));
    stated.resize = own.resize;
  }
  for (const char* key : {"pad_value", "octet_pad_value"})
    if (info.find(key)) OCTET_RETURN_IF_ERROR(info.read_integer(key, 0, 255, stated.pad_value.emplace()));
  if (info.find("reverse_input_channels"))
    OCTET_RETURN_IF_ERROR(info.read_word("reverse_input_channels", kYesNo, stated.reverse_channels.emplace()));
  OCTET_ASSIGN(stated.mean, read_numbers(info, "mean_values"));
  OCTET_ASSIGN(stated.scale, read_numbers(info, "scale_values"));
  return stated;
}

// What the metadata of a file states; a wrapper of Model API has these defaults.
Result<Stated> read_metadata_way(const ModelInfo& map) {
  OCTET_ASSIGN(Stated stated, read_stated(map));
  if (!map.contains("model_type")) return stated;
  if (!stated.resize) stated.resize = ResizeKind::kStretch;
  if (!stated.pad_value) stated.pad_value = 0;
  const auto embedded = map.find("embedded_processing");
  const bool is_embedded = embedded != map.end() && (embedded->second == "YES" || embedded->second == "True");
  if (is_embedded || !stated.reverse_channels) stated.reverse_channels = false;
  if (is_embedded || !stated.mean) stated.mean.emplace();
  if (is_embedded || !stated.scale) stated.scale.emplace();
  return stated;
}

// What a network of the family takes, less what the graph or its converter does, and less what nobody can do to bytes.
Stated way_of_family(Family family, const PictureInside& inside, const SourceFacts& facts) {
  constexpr double kAsIs = 0.98;
  const bool reverses = inside.reverses_channels || facts.converter_reverses;
  const bool is_ready = facts.takes_bytes || facts.converter_scales, divides_itself = is_ready || takes_bytes(inside);
  const std::vector<double> scale = divides_itself ? std::vector<double>() : std::vector<double>{255};
  const auto numbers = [&](std::vector<double> usual) {
    if (reverses) std::ranges::reverse(usual);
    return is_ready ? std::vector<double>() : usual;
  };
  const bool takes_pixels = !divides_itself && std::abs(inside.scales[0]) > kAsIs && !inside.subtracts();  // as they are
  if (!takes_pixels && !is_ready && (family == Family::kNanoDet || family == Family::kPicoDet)) return {};
  switch (family) {
    case Family::kUltralytics:
      return {ResizeKind::kLetterboxRounded, std::nullopt, !reverses, std::vector<double>(), scale};
    case Family::kRealTimeDetr:
      return {ResizeKind::kStretch, std::nullopt, !reverses, std::vector<double>(), scale};
    case Family::kYolox:
      return {ResizeKind::kLetterboxCorner, std::nullopt, reverses, std::vector<double>(), std::vector<double>()};
    case Family::kNanoDet:
      return {ResizeKind::kStretch, std::nullopt, reverses, numbers({103.53, 116.28, 123.675}), numbers({57.375, 57.12, 58.395})};
    case Family::kPicoDet:
      return {ResizeKind::kStretch, std::nullopt, !reverses, numbers({123.675, 116.28, 103.53}), numbers({58.395, 57.12, 57.375})};
    case Family::kUnknown:
      break;
  }
  return {};
}

// Takes out of what a file states what the graph does itself. Whether there was any of it.
bool leave_to_graph(const PictureInside& inside, Stated& stated) {
  const auto left = steps_left(
      {stated.reverse_channels.value_or(false), stated.mean.value_or(std::vector<double>()), stated.scale.value_or(std::vector<double>())},
      inside);
  const bool asks = stated.mean || stated.scale || stated.reverse_channels == true;
  if (!left || !asks) return false;
  if (stated.reverse_channels) stated.reverse_channels = left->reverse_channels;
  if (stated.mean) stated.mean = left->mean;
  if (stated.scale) stated.scale = left->scale;
  return true;
}

template <typename T>
void fill(std::optional<T>& target, const std::optional<T>& with) {
  if (!target) target = with;
}

void fill(Stated& target, const Stated& with) {
  if (!target.resize) target.pad_value = target.pad_value ? target.pad_value : with.pad_value;
  fill(target.resize, with.resize);
  fill(target.reverse_channels, with.reverse_channels);
  fill(target.mean, with.mean);
  fill(target.scale, with.scale);
}

std::string numbers_text(const std::vector<double>& numbers, const char* none) {
  return numbers.empty() ? none : fmt::format("{}", fmt::join(numbers, " "));
}

std::string way_text(const Stated& way) {
  std::string text;
  for (const auto& [key, value] : declaration_of(*way.resize, {*way.reverse_channels, *way.mean, *way.scale}))
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", key, value);
  return text;
}

// Far below what networks move by, which is 20 to 100 where their scale is right, and a few tenths where it is applied twice.
constexpr double kLeastResponse = 1;

bool divides(const passes::InputSteps& steps) {
  return std::ranges::any_of(steps.scale, [](double scale) { return std::abs(scale) > 1; });
}

std::string missing_keys(const Stated& stated) {
  std::vector<std::string> keys;
  if (!stated.resize) keys.emplace_back("octet_resize");
  if (!stated.reverse_channels) keys.emplace_back("reverse_input_channels");
  if (!stated.scale) keys.emplace_back("scale_values");
  return fmt::format("{}", fmt::join(keys, ", "));
}

}  // namespace

Result<PictureWay> find_picture_way(const Graph& graph, const SourceFacts& facts, Family family, bool is_ultralytics) {
  OCTET_ASSIGN(Stated stated, read_stated(facts.declared));
  PictureWay way;
  if (!stated.is_empty()) way.reasons.push_back("the way of a picture is declared, in part or whole");
  OCTET_ASSIGN(Stated of_file, read_metadata_way(facts.metadata));
  const PictureInside inside = picture_inside(graph);
  const Stated by_family = way_of_family(is_ultralytics && family != Family::kRealTimeDetr ? Family::kUltralytics : family, inside, facts);
  if (!of_file.is_empty())
    way.reasons.push_back(fmt::format("{} says how a picture enters it, in part or whole",
                                      facts.of_metadata.empty() ? "the file" : "the file or one beside it"));
  if (leave_to_graph(inside, of_file))
    way.reasons.push_back("the graph itself does to pixels what is asked for there, in part or whole: it is not done again in front of it");
  fill(stated, of_file);
  const bool is_open = !missing_keys(stated).empty();
  if (is_open && is_ultralytics)
    way.reasons.push_back("its metadata is Ultralytics': pictures enter as is usual there");
  else if (is_open && !by_family.is_empty())
    way.reasons.push_back("the file does not say how a picture enters it: taken to be as is usual for its head");
  if (is_open && (facts.converter_reverses || facts.converter_scales))
    way.reasons.push_back(
        fmt::format("its converter says that it {}{}{} in front of the network", facts.converter_reverses ? "reversed channels" : "",
                    facts.converter_reverses && facts.converter_scales ? " and " : "", facts.converter_scales ? "scaled pixels" : ""));
  fill(stated, by_family);
  if (!stated.mean) stated.mean.emplace();
  if (const std::string keys = missing_keys(stated); !keys.empty())
    return Error{ErrorCode::kUnsupported,
                 "how a picture enters it is not in the file: declare " + keys + " and, where there is one, mean_values"};
  way.resize = *stated.resize;
  way.pad_value = stated.pad_value;
  way.steps = {*stated.reverse_channels, *stated.mean, *stated.scale};
  way.reasons.push_back(way_text(stated));
  if (const auto response = first_response(graph, way.steps, inside); response && *response < kLeastResponse && divides(way.steps))
    way.doubt = fmt::format(
        "pixels are divided by {}, and then the first convolution moves by {:.2g} from black to white, where others move by tens: its "
        "weights "
        "may hold that scale already (octet doctor tries it)",
        numbers_text(way.steps.scale, "1"), *response);
  return way;
}

Result<passes::InputSteps> steps_declared_in(const ModelInfo& info) {
  OCTET_ASSIGN(const Stated stated, read_stated(info));
  return passes::InputSteps{stated.reverse_channels.value_or(false), stated.mean.value_or(std::vector<double>()),
                            stated.scale.value_or(std::vector<double>())};
}

ModelInfo draft_of_picture(const Graph& graph, const SourceFacts& facts) {
  const Stated commonest = way_of_family(Family::kRealTimeDetr, picture_inside(graph), facts);
  return declaration_of(*commonest.resize, {*commonest.reverse_channels, *commonest.mean, *commonest.scale});
}

ModelInfo declaration_of(ResizeKind resize, const passes::InputSteps& steps) {
  ModelDescription description;
  description.resize = resize;
  return {{"octet_resize", write_model_info(description).at("octet_resize")},
          {"reverse_input_channels", steps.reverse_channels ? "YES" : "NO"},
          {"mean_values", numbers_text(steps.mean, "0")},
          {"scale_values", numbers_text(steps.scale, "1")}};
}

}  // namespace octet
