#include "cli/sharing.h"

#include <algorithm>
#include <array>
#include <string_view>

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

std::string digest_of_names(const std::vector<ImageEntry>& images) {
  Sha256 digest;
  for (const ImageEntry& image : images) {
    const fs::path& name = image.name.empty() ? image.path.filename() : image.name;
    digest.update(bytes_of(std::to_string(image.id) + '/' + name.generic_string() + '\n'));
  }
  return digest.hex();
}

Talk whole_talk(Console& console) {
  return {console.warnings(), console.warnings(), [&console](const std::string& title) { return console.bar(title); }};
}

Progress no_bar(const std::string&) { return {}; }

Result<Outcome> write_part(const SharingOptions& options, const Share& share, const SharedWork& work, Console& console) {
  OCTET_ASSIGN(const MadePart part, work.make_part(share, whole_talk(console)));
  const fs::path path = options.output / part_name(part.setup, kPartExtension);
  OCTET_RETURN_IF_ERROR(write_file(path, part.bytes));
  return Outcome{{{"part", path.string()}, {"shard", to_string(share)}, {"images", part.images}}, path.string()};
}

// What a rank says to the first: a part, or the error that stood in its way, behind its code.
constexpr char kSaysPart = 'P', kSaysError = 'E';

std::string said(const Result<MadePart>& part) {
  if (part.ok()) return kSaysPart + part->bytes;
  return std::string{kSaysError, static_cast<char>(part.error().code)} + part.error().message;
}

Result<Part> part_said(std::string words, std::size_t rank) {
  const std::string name = "rank " + std::to_string(rank);
  if (words.size() > 1 && words[0] == kSaysError) return Error{static_cast<ErrorCode>(words[1]), words.substr(2)}.at(name);
  return parse_part(words.substr(std::min<std::size_t>(words.size(), 1)), name);
}

Result<Outcome> run_rank(Ranks& ranks, const SharedWork& work, Console& console) {
  const Talk of_follower{{}, console.warnings(), no_bar};
  auto all = ranks.gather(said(work.make_part(ranks.share(), ranks.leads() ? whole_talk(console) : of_follower)));
  OCTET_RETURN_IF_ERROR(all);
  if (!ranks.leads()) return Outcome{};
  std::vector<Part> parts;
  for (std::size_t rank = 0; rank < all->size(); ++rank) {
    OCTET_ASSIGN(Part part, part_said(std::move((*all)[rank]), rank));
    parts.push_back(std::move(part));
  }
  OCTET_ASSIGN(parts, complete_parts(std::move(parts)));
  return work.join(parts, {{}, {}, whole_talk(console).bar});
}

Result<Outcome> run_parts(const SharingOptions& options, const SharedWork& work, Console& console) {
  OCTET_ASSIGN(const auto files, find_parts(options.parts));
  std::vector<Part> parts;
  for (const fs::path& file : files) {
    OCTET_ASSIGN(Part part, read_part(file));
    parts.push_back(std::move(part));
  }
  OCTET_ASSIGN(parts, complete_parts(std::move(parts)));
  return work.join(parts, whole_talk(console));
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
