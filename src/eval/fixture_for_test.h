#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "boxes/detection.h"

namespace octet {

// A file of testdata/, as make_fixtures.py describes it.
struct EvalFixture {
  CocoGroundTruth truth;
  std::vector<CocoResult> reference, found;
  std::map<std::string, double> expected;
  std::map<std::int64_t, std::pair<double, double>> expected_of_class;  // AP, AP50
};

inline BoxLtwh read_box(std::istream& in) {
  BoxLtwh box;
  in >> box.left >> box.top >> box.width >> box.height;
  return box;
}

inline CocoResult read_result(std::istream& in) {
  CocoResult result;
  in >> result.image_id >> result.category_id;
  result.box = read_box(in);
  in >> result.score;
  return result;
}

inline CocoAnnotation read_truth(std::istream& in) {
  CocoAnnotation truth;
  in >> truth.id >> truth.image_id >> truth.category_id;
  truth.box = read_box(in);
  in >> truth.area >> truth.is_crowd;
  return truth;
}

inline std::vector<std::int64_t> read_counted_ids(std::istream& in) {
  std::size_t count = 0;
  in >> count;
  std::vector<std::int64_t> ids(count);
  for (std::int64_t& id : ids) in >> id;
  return ids;
}

inline CocoVerification read_verification(std::istream& in) {
  CocoVerification image;
  in >> image.image_id;
  image.absent = read_counted_ids(in);
  image.partly = read_counted_ids(in);
  return image;
}

inline CategoryFrequency read_frequency(std::istream& in) {
  char letter = 0;
  in >> letter;
  return letter == 'r' ? CategoryFrequency::kRare : letter == 'c' ? CategoryFrequency::kCommon : CategoryFrequency::kFrequent;
}

inline void read_record(const std::string& line, EvalFixture& fixture) {
  std::istringstream in(line);
  std::string kind, name;
  std::int64_t id = 0;
  in >> kind;
  if (kind == "image" && in >> id) fixture.truth.images.push_back({.id = id, .file_name = {}});
  if (kind == "category" && in >> id) fixture.truth.categories.push_back({id, std::to_string(id)});
  if (kind == "verified") fixture.truth.verifications.push_back(read_verification(in));
  if (kind == "frequency" && in >> id) fixture.truth.categories.back().frequency = read_frequency(in);
  if (kind == "truth") fixture.truth.annotations.push_back(read_truth(in));
  if (kind == "reference") fixture.reference.push_back(read_result(in));
  if (kind == "found") fixture.found.push_back(read_result(in));
  if (kind == "expect" && in >> name) in >> fixture.expected[name];
  if (kind == "expect_class" && in >> id) in >> fixture.expected_of_class[id].first >> fixture.expected_of_class[id].second;
  EXPECT_FALSE(in.fail()) << line;
}

// All data sets of a file.
inline std::vector<EvalFixture> load_eval_fixtures(const std::string& name) {
  std::ifstream file(OCTET_SOURCE_DIR "/src/eval/testdata/" + name + ".txt");
  EXPECT_TRUE(file.is_open()) << name;
  std::vector<EvalFixture> fixtures;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    const bool begins = line.starts_with("set ");
    if (begins || fixtures.empty()) fixtures.emplace_back();
    if (!begins) read_record(line, fixtures.back());
  }
  return fixtures;
}

inline EvalFixture load_eval_fixture(const std::string& name) {
  std::vector<EvalFixture> fixtures = load_eval_fixtures(name);
  EXPECT_EQ(fixtures.size(), 1u) << name;
  return std::move(fixtures.front());
}

}  // namespace octet
