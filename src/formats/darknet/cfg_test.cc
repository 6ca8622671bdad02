#include "formats/darknet/cfg.h"

#include <gtest/gtest.h>

namespace octet::darknet {
namespace {

std::string error_of(std::string_view text) {
  const auto sections = parse_cfg(text);
  return sections.ok() ? "" : sections.error().message;
}

CfgSection only_section(std::string_view text) {
  auto sections = parse_cfg(text);
  return std::move(sections).value().at(0);
}

TEST(ParseCfg, KeepsSectionsAndOptionsInOrderWithTheirLines) {
  const auto sections = parse_cfg("# a comment\n\n[net]\nwidth=416\n; another\nheight = 416\n[route]\nlayers = -1, -8\n");
  ASSERT_TRUE(sections.ok());
  ASSERT_EQ(sections->size(), 2u);
  const CfgSection& net = sections->at(0);
  EXPECT_EQ(net.name, "net");
  EXPECT_EQ(net.line, 3);
  ASSERT_EQ(net.options.size(), 2u);
  EXPECT_EQ(net.options[1].key, "height");
  EXPECT_EQ(net.options[1].value, "416");
  EXPECT_EQ(net.options[1].line, 6);
  EXPECT_EQ(sections->at(1).place(), "section [route] at line 7");
  EXPECT_EQ(sections->at(1).integers("layers").value(), (std::vector<std::int64_t>{-1, -8}));
}

TEST(ParseCfg, ReadsWindowsLineEndsAByteOrderMarkAndNoLastNewline) {
  const CfgSection section = only_section("\xEF\xBB\xBF[net]\r\nwidth=32\r\nheight=64");
  EXPECT_EQ(section.integer("width", 0).value(), 32);
  EXPECT_EQ(section.integer("height", 0).value(), 64);
}

TEST(ParseCfg, CutsCommentsAtTheEndOfALine) {
  const CfgSection section = only_section("[net] # the input\nwidth=32 # pixels\nheight=64;pixels\n");
  EXPECT_EQ(section.integer("width", 0).value(), 32);
  EXPECT_EQ(section.integer("height", 0).value(), 64);
}

TEST(ParseCfg, TakesTheFirstOfTwoOptionsAsDarknetDoes) {
  EXPECT_EQ(only_section("[net]\nwidth=1\nwidth=2\n").integer("width", 0).value(), 1);
}

TEST(ParseCfg, NamesTheLineOfWhatIsNoOption) {
  EXPECT_EQ(error_of("[net]\nwidth\n"), "line 2: 'width' is no option such as size=3");
  EXPECT_EQ(error_of("width=1\n"), "line 1: an option before the first section");
  EXPECT_EQ(error_of("[net\n"), "line 1: '[net' is no section such as [net]");
  EXPECT_EQ(error_of("[]\n"), "line 1: '[]' is no section such as [net]");
  EXPECT_EQ(error_of("# nothing\n"), "has no section; a Darknet cfg begins with [net]");
  EXPECT_EQ(error_of(""), "has no section; a Darknet cfg begins with [net]");
}

TEST(ParseCfg, ShowsBinaryGarbageAsPrintableText) {
  EXPECT_EQ(error_of(std::string("\x01\xFF\0z", 4) + std::string(100, 'y')),
            "line 1: '???z" + std::string(36, 'y') + "...' is no option such as size=3");
}

TEST(ParseCfg, RefusesMillionsOfSections) {
  std::string text;
  for (std::size_t i = 0; i <= kMaxSections; ++i) text += "[dropout]\n";
  EXPECT_EQ(error_of(text), "line 4097: more than 4096 sections");
}

TEST(CfgSection, AnswersTheFallbackForAnAbsentOption) {
  const CfgSection section = only_section("[a]\n");
  EXPECT_EQ(section.integer("size", 7).value(), 7);
  EXPECT_EQ(section.number("scale", 1.5).value(), 1.5);
  EXPECT_EQ(section.text("activation", "leaky"), "leaky");
  EXPECT_TRUE(section.numbers("anchors").value().empty());
}

TEST(CfgSection, ReadsNumbersAsTheFilesWriteThem) {
  const CfgSection section = only_section("[a]\nhalf=.5\nplus=+2\nwhole=3.0\nlist=1, 2.5,\nsmall=1e-3\n");
  EXPECT_EQ(section.number("half", 0).value(), 0.5);
  EXPECT_EQ(section.integer("plus", 0).value(), 2);
  EXPECT_EQ(section.integer("whole", 0).value(), 3);
  EXPECT_EQ(section.numbers("list").value(), (std::vector<double>{1, 2.5}));
  EXPECT_EQ(section.number("small", 0).value(), 0.001);
}

TEST(CfgSection, RefusesWhatIsNoNumberOrOutOfRange) {
  const CfgSection section = only_section("[conv]\nsize=three\nstride=0\nhuge=1e300\nnan=nan\nlist=1,,2\nfraction=1.5\n");
  EXPECT_EQ(section.integer("size", 1).error().message, "section [conv]: size=three at line 2: expected a whole number");
  EXPECT_EQ(section.integer("stride", 1, {1, 9}).error().message,
            "section [conv]: stride=0 at line 3: expected a whole number from 1 to 9");
  EXPECT_FALSE(section.integer("huge", 1).ok());
  EXPECT_FALSE(section.number("nan", 1).ok());
  EXPECT_FALSE(section.integers("list").ok());
  EXPECT_FALSE(section.integer("fraction", 1).ok());
}

}  // namespace
}  // namespace octet::darknet
