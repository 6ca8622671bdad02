#include "cli/sharing.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/cpu.h"
#include "base/digest.h"
#include "base/files.h"
#include "base/quoted_name.h"
#include "base/version.h"
#include "ranks/ranks.h"

namespace octet::cli {
namespace {

namespace fs = std::filesystem;

// Options that name files and folders to read, whose content is compared instead of their words.
constexpr std::array<std::string_view, 8> kPlaces{"model",        "--data",   "--images",  "--annotations",
                                                  "--categories", "--labels", "--weights", "--model"};
// Options that decide no figure: how the work is done, and where what is made goes.
constexpr std::array<std::string_view, 12> kOwn{"--shard", "--parts", "--output",  "--resume",  "--threads", "--json",
                                                "--help",  "--draw",  "--results", "--explain", "--history", "--junit"};

template <std::size_t N>
bool is_in(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

std::string absolute_if_there(const std::string& word) {
  std::error_code failed;
  if (!fs::exists(word, failed)) return word;
  const fs::path absolute = fs::absolute(word, failed);
  return failed ? word : absolute.lexically_normal().string();
}

std::string digest_of_names(const ImageList& images) {
  Sha256 digest;
  for (const ImageEntry& image : images) {
    const std::string name = image.name.empty() ? fs::path(image.path).filename().string() : image.name;
    digest.update(bytes_of(std::to_string(image.id) + '/' + name + '\n'));
  }
  return digest.hex();
}

Talk whole_talk(Console& console) {
  return {console.warnings(), console.warnings(), [&console](const std::string& title) { return console.bar(title); }};
}

Progress no_bar(const std::string&) { return {}; }

NextShare only(const Share& share) {
  return [share, is_given = false](std::size_t, std::size_t) mutable {
    return std::exchange(is_given, true) ? std::nullopt : std::optional<Share>(share);
  };
}

Result<Outcome> write_part(const SharingOptions& options, const Share& share, const SharedWork& work, Console& console) {
  Outcome outcome;
  const auto take = [&](const MadePart& part) -> Status {
    const fs::path path = options.output / part_name(part.setup, kPartExtension);
    FileTransaction files;
    OCTET_RETURN_IF_ERROR(files.add(path, part.write));
    outcome = {{{"part", path.string()}, {"shard", to_string(share)}, {"images", part.images}}, path.string()};
    return files.commit();
  };
  OCTET_RETURN_IF_ERROR(work.make_parts(only(share), take, whole_talk(console)));
  return outcome;
}

// A share that ranks take from one another is small, so that none waits long for the last one, but there are not so many that their
// messages count. Their number depends on the pictures alone: another number of ranks goes on where these were ended.
constexpr std::size_t kMostBlocks = 1024;

// What a rank says to the first: its parts, each behind its length.
Result<std::string> parts_as_text(const SharedWork& work, const Ranks::NextBlock& next_block, const Talk& talk) {
  const NextShare next = [&](std::size_t pictures, std::size_t least) -> std::optional<Share> {
    const std::size_t blocks = std::clamp<std::size_t>(pictures / least, 1, kMostBlocks);
    const auto block = next_block(blocks);
    return block ? std::optional<Share>(Share{*block, blocks}) : std::nullopt;
  };
  ByteWriter text;
  const auto take = [&](const MadePart& part) -> Status {
    std::string bytes;
    const auto append = [&bytes](std::span<const std::byte> some) -> Status {
      bytes.append(reinterpret_cast<const char*>(some.data()), some.size());
      return {};
    };
    OCTET_RETURN_IF_ERROR(part.write(append));
    text.add(static_cast<std::uint64_t>(bytes.size()));
    text.add(std::span<const char>(bytes));
    return {};
  };
  OCTET_RETURN_IF_ERROR(work.make_parts(next, take, talk));
  return text.take();
}

Status add_parts_in(const std::string& text, std::size_t rank, std::vector<Part>& parts) {
  const std::size_t before = parts.size();
  ByteReader rest(bytes_of(text));
  while (!rest.at_end()) {
    const auto bytes = rest.get<char>(rest.get<std::uint64_t>());
    if (!rest.ok()) return Error{ErrorCode::kMalformed, fmt::format("rank {}: said something that is cut", rank)};
    OCTET_ASSIGN(Part part, parse_part(std::string(bytes.begin(), bytes.end()), fmt::format("rank {}", rank)));
    parts.push_back(std::move(part));
  }
  // One after another: it is all of them that the rank took its time for.
  const std::span<Part> of_rank = std::span(parts).subspan(before);
  double seconds = 0;
  for (const Part& part : of_rank) seconds += part.seconds;
  for (Part& part : of_rank) part.seconds = seconds;
  return {};
}

Result<Outcome> run_rank(Ranks& ranks, const SharedWork& work, Console& console) {
  const Talk talk{ranks.leads() ? whole_talk(console).warn : Warn(), console.warnings(), no_bar};
  const Progress bar = ranks.leads() ? console.bar("blocks") : Progress();
  const auto said = ranks.share_out([&](const Ranks::NextBlock& next) { return parts_as_text(work, next, talk); }, bar);
  OCTET_RETURN_IF_ERROR(said);
  if (!ranks.leads()) return Outcome{};
  console.finish();
  std::vector<Part> parts;
  for (std::size_t rank = 0; rank < said->size(); ++rank) OCTET_RETURN_IF_ERROR(add_parts_in((*said)[rank], rank, parts));
  OCTET_ASSIGN(parts, complete_parts(std::move(parts)));
  return work.join(std::move(parts), {{}, {}, whole_talk(console).bar});
}

Result<Outcome> run_parts(const SharingOptions& options, const SharedWork& work, Console& console) {
  OCTET_ASSIGN(const auto files, find_parts(options.parts));
  std::vector<Part> parts;
  for (const fs::path& file : files) {
    OCTET_ASSIGN(Part part, read_part(file));
    parts.push_back(std::move(part));
  }
  OCTET_ASSIGN(parts, complete_parts(std::move(parts)));
  return work.join(std::move(parts), whole_talk(console));
}

}  // namespace

void add_sharing(CLI::App& verb, SharingOptions& options) {
  auto* shard = verb.add_option("--shard", options.shard,
                                "Do the I-th of N shares, I/N, and write it to --output; auto: as Slurm or Kubernetes says");
  verb.add_option("--parts", options.parts, "Take what all shards of the same command wrote, and do no such work")->excludes(shard);
}

void add_part_output(CLI::App& verb, SharingOptions& options) {
  verb.add_option("--output,-o", options.output, "Folder for the part of --shard")->needs("--shard");
}

void add_resume(CLI::App& verb, fs::path& folder) {
  verb.add_option("--resume", folder, "Folder that keeps what is found, so that the same command goes on where it was ended");
}

std::int64_t resumed_in(const std::vector<Part>& parts) {
  std::int64_t resumed = 0;
  for (const Part& part : parts) resumed += static_cast<std::int64_t>(part.resumed);
  return resumed;
}

Result<Outcome> run_shared(const SharingOptions& options, const SharedWork& work, Console& console) {
  OCTET_ASSIGN(Ranks ranks, Ranks::join());
  if (!ranks.share().is_whole()) {
    if (!options.shard.empty() || !options.parts.empty())
      return Error{ErrorCode::kInvalidArgument, "mpirun shares the work out itself: it goes without --shard and --parts"};
    return run_rank(ranks, work, console);
  }
  if (!options.parts.empty()) return run_parts(options, work, console);
  if (options.shard.empty()) return work.do_all(whole_talk(console));
  OCTET_ASSIGN(const Share share, parse_share(options.shard));
  if (options.output.empty()) return Error{ErrorCode::kInvalidArgument, "--shard needs --output, the folder for its part"};
  return write_part(options, share, work, console);
}

Result<PartSetup> setup_of(const CLI::App& verb, const Share& share, const std::vector<fs::path>& files, const Dataset& pictures) {
  PartSetup setup{std::string(kVersion),  std::string(active_isa().name),  verb.get_name(), share, {}, {}, {},
                  pictures.images.size(), digest_of_names(pictures.images)};
  for (const CLI::Option* option : verb.get_options()) {
    const std::string name = option->get_name();
    if (option->count() == 0 || is_in(kOwn, name)) continue;
    const bool is_flag = option->get_expected_max() == 0;
    const std::vector<std::string> words = is_flag ? std::vector<std::string>() : option->results();
    if (is_in(kPlaces, name))
      std::ranges::transform(words, std::back_inserter(setup.places[name]), absolute_if_there);
    else
      setup.options[name] = words;
  }
  for (const fs::path& file : files) {
    OCTET_ASSIGN(RecordedFile recorded, record_file(file.filename().string(), file));
    setup.inputs.push_back(std::move(recorded));
  }
  return setup;
}

Result<std::vector<std::string>> words_of(const PartSetup& setup) {
  std::vector<std::string> words{setup.verb}, options;
  for (const OptionWords* each : {&setup.places, &setup.options})
    for (const auto& [name, values] : *each) {
      const bool is_option = name.starts_with("--");
      if (is_in(kOwn, name) || (each == &setup.places) != is_in(kPlaces, name) || (!is_option && each == &setup.options))
        return Error{ErrorCode::kMalformed, "names " + in_quotes(name) + ", which decides nothing of a part"};
      if (is_option && values.empty()) options.push_back(name);
      for (const std::string& value : values) (is_option ? options : words).push_back(is_option ? name + "=" + value : value);
    }
  words.insert(words.end(), options.begin(), options.end());
  return words;
}

}  // namespace octet::cli
