#include "data/labels/label_format.h"

#include <array>

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/scratch_folder.h"
#include "data/coco_json.h"
#include "data/exif_for_test.h"
#include "image/encode.h"

namespace octet {
namespace {

std::string picture(int width, int height, const char* kind = "x.png") {
  const auto file = encode_image(kind, Image(ImageSize{width, height}));
  return {reinterpret_cast<const char*>(file->data()), file->size()};
}

Result<LabelledPictures> read(const ScratchFolder& folder, std::vector<std::string>* warnings = nullptr) {
  OCTET_ASSIGN(const LabelFormat* format, find_label_format(folder.path()));
  return format->read(folder.path(), "val", [&](std::string_view text) {
    if (warnings) warnings->emplace_back(text);
  });
}

std::string error_of(const ScratchFolder& folder) {
  const auto labelled = read(folder);
  if (labelled.ok()) return "";
  const std::string& message = labelled.error().message;
  return message.substr(message.find(folder.path().string()) == 0 ? folder.path().string().size() : 0);
}

void write_yolo(const ScratchFolder& folder, const std::string& labels) {
  folder.write("data.yaml", "path: /somewhere/else\ntrain: images/train\nval: images/val\nnames:\n  0: cup\n  1: dog\n");
  folder.write("images/val/b.png", picture(200, 100));
  folder.write("images/val/a.png", picture(50, 40));
  folder.write("labels/val/b.txt", labels);
}

TEST(Yolo, IsReadInPixels) {
  const ScratchFolder folder;
  write_yolo(folder, "1 0.5 0.5 0.25 0.5\n\n0 0.1 0.2 0.3 0.2 0.3 0.6\r\n");
  std::vector<std::string> warnings;
  const auto labelled = read(folder, &warnings);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  const CocoGroundTruth& truth = labelled->truth;
  ASSERT_EQ(truth.images.size(), 2u);
  EXPECT_EQ(truth.images[0].file_name, "a.png");
  EXPECT_EQ(truth.images[1].width, 200);
  ASSERT_EQ(truth.categories.size(), 2u);
  EXPECT_EQ(truth.categories[1].name, "dog");
  ASSERT_EQ(truth.annotations.size(), 2u);
  EXPECT_EQ(truth.annotations[0].image_id, truth.images[1].id);
  EXPECT_EQ(truth.annotations[0].category_id, truth.categories[1].id);
  EXPECT_EQ(truth.annotations[0].box, (BoxLtwh{75, 25, 50, 50}));
  EXPECT_NEAR(truth.annotations[1].box.left, 20, 1e-9);
  EXPECT_NEAR(truth.annotations[1].box.width, 40, 1e-9);
  EXPECT_NEAR(truth.annotations[1].box.height, 40, 1e-9);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("1 picture has no file of labels"), std::string::npos) << warnings[0];
}

TEST(Yolo, NamesFileAndLine) {
  for (const auto& [labels, words] : std::vector<std::pair<std::string, std::string>>{
           {"0 0.5 0.5 0.1 0.1\n2 0.5 0.5 0.1 0.1", "/labels/val/b.txt:2: has the class 2, and 'names' has 2"},
           {"0 0.5 0.5 0.1", "/labels/val/b.txt:1: has 4 numbers, expected a class and centre and size, or a class and a polygon"},
           {"0 0.5 x 0.1 0.1", "/labels/val/b.txt:1: 'x' is no number"},
           {"0 0.5 nan 0.1 0.1", "/labels/val/b.txt:1: 'nan' is no number"},
           {"0 0.5 1e308 0.1 0.1", "/labels/val/b.txt:1: '1e308' is no fraction of a picture"},
           {"0 120 50 40 30", "/labels/val/b.txt:1: '120' is no fraction of a picture"},
           {"0.5 0.5 0.5 0.1 0.1", "/labels/val/b.txt:1: has the class 0.5, and 'names' has 2"},
           {"0 0.5 0.5 -0.1 0.1", "/labels/val/b.txt:1: has the size -0.1 x 0.1, expected none below 0"}}) {
    const ScratchFolder folder;
    write_yolo(folder, labels);
    EXPECT_EQ(error_of(folder), words);
  }
}

// As some editors and Windows write files.
TEST(Yolo, ReadsFilesThatBeginWithAMarkAndHaveOtherEndsOfLines) {
  const ScratchFolder folder;
  write_yolo(folder,
             "\xef\xbb\xbf"
             "1 0.5 0.5 0.25 0.5\r\n");
  folder.write("data.yaml", "\xef\xbb\xbfval: val.txt\r\nnames: [cup, dog]\r\n");
  folder.write("val.txt", "\xef\xbb\xbf./images/val/b.png\r\nimages/val/b.png\r\n");
  const auto labelled = read(folder);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  ASSERT_EQ(labelled->truth.images.size(), 1u) << "a picture that is listed twice is one";
  EXPECT_EQ(labelled->truth.images[0].file_name, "images/val/b.png");
  EXPECT_EQ(labelled->truth.annotations.size(), 1u);
}

// Whoever drew the boxes, and Ultralytics, see the picture as its EXIF orientation says, and fractions are of that.
TEST(Yolo, TakesFractionsOfThePictureAsItIsSeen) {
  const ScratchFolder folder;
  folder.write("data.yaml", "val: images\nnames: [cup]\n");
  folder.write("images/a.jpg", with_orientation(picture(200, 100, "x.jpg"), 6));
  folder.write("labels/a.txt", "0 0.5 0.25 1 0.5");
  const auto labelled = read(folder);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  EXPECT_EQ(labelled->truth.images[0].width, 100);
  EXPECT_EQ(labelled->truth.images[0].height, 200);
  EXPECT_EQ(labelled->truth.annotations[0].box, (BoxLtwh{0, 0, 100, 100}));
}

TEST(Yolo, TakesListsAndFoldersTogether) {
  const ScratchFolder folder;
  write_yolo(folder, "1 0.5 0.5 0.25 0.5\n");
  folder.write("data.yaml", "val: [one.txt, other.txt, images/more]\nnames: [cup, dog]\n");
  folder.write("one.txt", "images/val/b.png\n");
  folder.write("other.txt", "images/val/a.png\nimages/val/b.png\n");
  folder.write("images/more/c.png", picture(20, 10));
  const auto labelled = read(folder);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  ASSERT_EQ(labelled->truth.images.size(), 3u);
  EXPECT_EQ(labelled->truth.images[0].file_name, "images/more/c.png");
  EXPECT_EQ(labelled->truth.images[2].file_name, "images/val/b.png");
  EXPECT_EQ(labelled->truth.annotations.size(), 1u);
}

// Roboflow names folders from one within, others name several.
TEST(Yolo, FindsThePicturesWhereTheyLie) {
  const ScratchFolder folder;
  folder.write("data.yml", "val: [../valid/images, more/images]\nnames: [cup, dog]\n");
  folder.write("valid/images/a.png", picture(200, 100));
  folder.write("valid/labels/a.txt", "0 0.5 0.5 1 1");
  folder.write("more/images/deep/b.png", picture(20, 10));
  folder.write("more/labels/deep/b.txt", "1 0.5 0.5 1 1");
  const auto labelled = read(folder);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  ASSERT_EQ(labelled->truth.images.size(), 2u);
  EXPECT_EQ(labelled->truth.images[0].file_name, "more/images/deep/b.png");
  EXPECT_EQ(labelled->truth.images[1].file_name, "valid/images/a.png");
  EXPECT_EQ(labelled->truth.annotations.size(), 2u);
  folder.write("data.yml", "val: ../valid/images\nnames: [cup, dog]\n");
  EXPECT_EQ(read(folder)->truth.images[0].file_name, "a.png");
}

TEST(Yolo, NamesOneOfSeveralFoldersThatLiesElsewhere) {
  const ScratchFolder folder;
  folder.write("images/a.png", picture(20, 10));
  folder.write("set/images/b.png", picture(20, 10));
  folder.write("set/data.yml", "val: [images, " + (folder.path() / "images").string() + "]\nnames: [cup]\n");
  const std::filesystem::path set = folder.path() / "set";
  const auto labelled = (*find_label_format(set))->read(set, "val", [](std::string_view) {});
  ASSERT_FALSE(labelled.ok());
  EXPECT_NE(labelled.error().message.find("images: does not lie in "), std::string::npos) << labelled.error().message;
}

TEST(Yolo, TellsKeypointsFromPolygons) {
  const ScratchFolder folder;
  const std::string names = "val: images/val\nnames: [cup, dog]\n";
  write_yolo(folder, "1 0.5 0.5 0.25 0.5 0.1 0.1 2 0.9 0.9 1\n");
  folder.write("data.yaml", names + "kpt_shape: [2, 3]\n");
  const auto labelled = read(folder);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  EXPECT_EQ(labelled->truth.annotations[0].box, (BoxLtwh{75, 25, 50, 50}));
  folder.write("data.yaml", names + "kpt_shape: [3, 3]\n");
  EXPECT_EQ(error_of(folder), "/labels/val/b.txt:1: has 11 numbers, expected a class and centre and size and 9 of keypoints");
  for (const char* shape : {"[2]", "[2, 9]", "2", "[a, 2]", "[99999999999, 3]"}) {
    folder.write("data.yaml", names + "kpt_shape: " + shape + "\n");
    EXPECT_EQ(error_of(folder), "/data.yaml: line 3: 'kpt_shape' is no [points, 2 or 3]") << shape;
  }
}

TEST(Yolo, TakesARepeatedLineOnce) {
  const ScratchFolder folder;
  write_yolo(folder, "1 0.5 0.5 0.25 0.5\n0 0.5 0.5 0.25 0.5\n1 0.5 0.5 0.25 0.5\n");
  std::vector<std::string> warnings;
  const auto labelled = read(folder, &warnings);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  EXPECT_EQ(labelled->truth.annotations.size(), 2u);
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_NE(warnings[0].find("takes lines once that a file of labels repeats, and leaves out 1"), std::string::npos) << warnings[0];
}

TEST(Yolo, TakesAListOfNamesAndRefusesGaps) {
  const ScratchFolder folder;
  write_yolo(folder, "");
  folder.write("data.yaml", "val: images/val\nnames: [cup, dog]\n");
  EXPECT_EQ(read(folder)->truth.categories[0].name, "cup");
  folder.write("data.yaml", "val: images/val\nnames: {0: cup, 2: dog}\n");
  EXPECT_NE(error_of(folder).find("does not give each of the numbers from 0 on one name"), std::string::npos) << error_of(folder);
  for (const char* text : {"", "val: images/val\n", "[1, 2]\n", "names\n"}) {
    folder.write("data.yaml", text);
    EXPECT_EQ(error_of(folder), "/data.yaml: lacks 'names', the list of classes") << text;
  }
  folder.write("data.yaml", "val: val.txt\nnames: [cup]\n");
  EXPECT_NE(error_of(folder).find("val.txt"), std::string::npos) << error_of(folder);
  folder.write("data.yaml", "names: [cup]\n");
  EXPECT_NE(error_of(folder).find("'val' names neither a folder of pictures nor a list of them"), std::string::npos) << error_of(folder);
}

std::string voc_xml(const std::string& objects) {
  return "<annotation><filename>a.jpg</filename><size><width>50</width><height>40</height></size>" + objects + "</annotation>";
}

TEST(Voc, CountsPixelsFromOneAndMakesDifficultObjectsCrowds) {
  const ScratchFolder folder;
  folder.write("JPEGImages/a.jpg", "");
  folder.write("ImageSets/Main/val.txt", "a\n");
  folder.write("Annotations/other.xml", "not read");
  folder.write("Annotations/a.xml",
               voc_xml("<object><name>dog</name><bndbox><xmin>1</xmin><ymin>3</ymin><xmax>10</xmax><ymax>20</ymax></bndbox></object>"
                       "<object><name>cup</name><difficult>1</difficult><bndbox><xmin>5</xmin><ymin>5</ymin><xmax>5</xmax><ymax>5</ymax></"
                       "bndbox></object>"));
  std::vector<std::string> warnings;
  const auto labelled = read(folder, &warnings);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  const CocoGroundTruth& truth = labelled->truth;
  EXPECT_EQ(truth.images[0].width, 50);
  ASSERT_EQ(truth.categories.size(), 2u);
  EXPECT_EQ(truth.categories[0].name, "cup");
  ASSERT_EQ(truth.annotations.size(), 2u);
  EXPECT_EQ(truth.annotations[0].box, (BoxLtwh{0, 2, 10, 18}));
  EXPECT_EQ(truth.annotations[0].category_id, 2);
  EXPECT_FALSE(truth.annotations[0].is_crowd);
  EXPECT_TRUE(truth.annotations[1].is_crowd);
  ASSERT_EQ(warnings.size(), 1u);
}

TEST(Voc, ReadsDifficultAsToolsWriteItAndRefusesTheRest) {
  const auto cup = [](const std::string& difficult) {
    return voc_xml("<object><name>cup</name><difficult>" + difficult +
                   "</difficult><bndbox><xmin>5</xmin><ymin>5</ymin><xmax>5</xmax><ymax>5</ymax></bndbox></object>");
  };
  const ScratchFolder folder;
  folder.write("JPEGImages/a.jpg", "");
  for (const auto& [difficult, is_difficult] : std::vector<std::pair<std::string, bool>>{
           {"1", true}, {"True", true}, {" true ", true}, {"0", false}, {"False", false}, {"", false}}) {
    folder.write("Annotations/a.xml", cup(difficult));
    const auto labelled = read(folder);
    ASSERT_TRUE(labelled.ok()) << labelled.error().message;
    EXPECT_EQ(labelled->truth.annotations[0].is_crowd, is_difficult) << difficult;
  }
  folder.write("Annotations/a.xml", cup("2"));
  EXPECT_EQ(error_of(folder), "/Annotations/a.xml: an object of 'cup': 'difficult' is '2', expected 0 or 1");
}

const char kTurnedDog[] =
    "<object><name>\n dog </name><robndbox><cx>20</cx><cy>20</cy><w>10</w><h>4</h><angle>1.5707963267948966</angle></robndbox></object>";

// Lists with a mark in front, with names twice, with blanks in them, or with a number behind them; folders below; other names of pictures.
TEST(Voc, FindsWhatItsListsAndFilesMean) {
  const ScratchFolder folder;
  const std::string dog = "<object><name>dog</name><bndbox><xmin> 1 </xmin><ymin>3</ymin><xmax>10</xmax><ymax>20</ymax></bndbox></object>";
  folder.write("JPEGImages/a.jpg", "");
  folder.write("JPEGImages/my b.png", "");
  folder.write("JPEGImages/sub/c.png", "");
  folder.write("Annotations/a.xml", voc_xml(dog));
  folder.write("Annotations/my b.xml", "<annotation><filename>C:\\pictures\\my b.png</filename>" + dog + "</annotation>");
  folder.write("Annotations/sub/c.xml", "<annotation><filename>c</filename>" + std::string(kTurnedDog) + "</annotation>");
  std::vector<std::string> warnings;
  const auto all = read(folder, &warnings);
  ASSERT_TRUE(all.ok()) << all.error().message;
  ASSERT_EQ(all->truth.images.size(), 3u);
  EXPECT_EQ(all->truth.images[1].file_name, "my b.png");
  EXPECT_EQ(all->truth.images[2].file_name, "sub/c.png");
  EXPECT_EQ(all->truth.categories.size(), 1u);
  EXPECT_NEAR(all->truth.annotations[2].box.left, 18, 1e-9);
  EXPECT_NEAR(all->truth.annotations[2].box.width, 4, 1e-9);
  EXPECT_NEAR(all->truth.annotations[2].box.height, 10, 1e-9);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("2 pictures are named otherwise"), std::string::npos) << warnings[0];
  folder.write("ImageSets/Main/val.txt",
               "\xef\xbb\xbf"
               "a  1\r\nmy b\r\na -1\r\n\r\n");
  const auto listed = read(folder);
  ASSERT_TRUE(listed.ok()) << listed.error().message;
  EXPECT_EQ(listed->truth.images.size(), 2u);
}

TEST(Voc, TakesThePictureOfTheSameFolderBelow) {
  const ScratchFolder folder;
  for (const char* name : {"a", "one/a", "two/a"}) {
    folder.write(std::string("JPEGImages/") + name + ".jpg", "");
    folder.write(std::string("Annotations/") + name + ".xml", "<annotation><filename>a.jpg</filename></annotation>");
  }
  std::vector<std::string> warnings;
  const auto labelled = read(folder, &warnings);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  ASSERT_EQ(labelled->truth.images.size(), 3u);
  for (const std::size_t i : {0, 1, 2}) EXPECT_EQ(labelled->truth.images[i].file_name, (std::array{"a.jpg", "one/a.jpg", "two/a.jpg"}[i]));
  EXPECT_TRUE(warnings.empty()) << warnings[0];
}

TEST(Voc, SaysThatAPartHasNoList) {
  const ScratchFolder folder;
  folder.write("JPEGImages/a.jpg", "");
  folder.write("Annotations/a.xml", "<annotation><filename>a.jpg</filename></annotation>");
  folder.write("ImageSets/Main/train.txt", "a\n");
  std::vector<std::string> warnings;
  const auto labelled = read(folder, &warnings);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  EXPECT_EQ(labelled->truth.images.size(), 1u);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("/ImageSets/Main: has other lists and none of 'val'"), std::string::npos) << warnings[0];
}

TEST(Voc, NamesTheFile) {
  const ScratchFolder folder;
  folder.write("JPEGImages/a.jpg", "");
  for (const auto& [objects, words] : std::vector<std::pair<std::string, std::string>>{
           {"<object/>", "/Annotations/a.xml: an 'object' has no 'name'"},
           {"<object><name>dog</name><polygon/></object>", "/Annotations/a.xml: an object of 'dog' has neither 'bndbox' nor 'robndbox'"},
           {"<object><name>dog</name><bndbox><xmin>1</xmin></bndbox></object>",
            "/Annotations/a.xml: an object of 'dog': 'bndbox' lacks the number 'ymin'"},
           {"<object><name>dog</name><bndbox><xmin>9</xmin><ymin>3</ymin><xmax>1</xmax><ymax>20</ymax></bndbox></object>",
            "/Annotations/a.xml: an object of 'dog': the 'bndbox' ends before it begins"},
           {"<object><name>dog</name><bndbox><xmin>-1e308</xmin></bndbox></object>",
            "/Annotations/a.xml: an object of 'dog': the 'xmin' of 'bndbox' is -1e+308, which is no place in a picture"}}) {
    folder.write("Annotations/a.xml", voc_xml(objects));
    EXPECT_EQ(error_of(folder), words);
  }
  folder.write("ImageSets/Main/val.txt", "../../x");
  EXPECT_NE(error_of(folder), "");
}

// Whose names would be others.
TEST(Voc, RefusesEncodingsThatItDoesNotKnow) {
  const std::string object =
      "<object><name>\xc3\xa8</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object>";
  const ScratchFolder folder;
  folder.write("JPEGImages/a.jpg", "");
  for (const auto& [declared, words] : std::vector<std::pair<std::string, std::string>>{
           {R"(<?xml version="1.0" encoding="gb2312"?>)", "is in the encoding 'gb2312', which octet does not read; save it in UTF-8"},
           {"<?xml version='1.0' encoding='Windows-1252'?>",
            "is in the encoding 'windows-1252', which octet does not read; save it in UTF-8"},
           {R"(<?xml version="1.0" encoding="UTF-8"?>)", ""},
           {R"(<?xml version="1.0"?>)", ""},
           {R"(<?xml version="1.0" encoding="ISO-8859-1"?>)", ""}}) {
    folder.write("Annotations/a.xml", declared + voc_xml(object));
    EXPECT_EQ(error_of(folder), words.empty() ? "" : "/Annotations/a.xml: " + words) << declared;
  }
  folder.write("Annotations/a.xml", "<a><filename>ch\xe9vre.jpg</filename></a>");
  EXPECT_EQ(error_of(folder), "/Annotations/a.xml: byte 15: is no UTF-8, and no other encoding is declared; save it in UTF-8");
}

TEST(FindLabelFormat, NamesThoseThatAreKnown) {
  const ScratchFolder folder;
  EXPECT_NE(find_label_format(folder.path()).error().message.find("yolo (data.yaml, images/ and labels/; or obj.data), voc"),
            std::string::npos);
  EXPECT_EQ(find_label_format(folder.path(), "kitti").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ((*find_label_format(folder.path(), "voc"))->name, "voc");
}

TEST(FormatCocoAnnotations, AreReadBack) {
  const ScratchFolder folder;
  write_yolo(folder, "1 0.3 0.7 0.123456789 0.5");
  const CocoGroundTruth truth = read(folder)->truth;
  const auto back = read_coco_annotations(folder.write("gt.json", format_coco_annotations(truth).value()));
  ASSERT_TRUE(back.ok()) << back.error().message;
  ASSERT_EQ(back->annotations.size(), 1u);
  EXPECT_EQ(back->annotations[0].box, truth.annotations[0].box);
  EXPECT_EQ(back->annotations[0].area, truth.annotations[0].area);
  EXPECT_EQ(back->images[1].file_name, "b.png");
  EXPECT_EQ(back->categories[1].name, "dog");
  EXPECT_EQ(back->categories[1].annotations, 1);
}

// As CVAT exports it for Ultralytics.
TEST(Yolo, TakesAListOfPictures) {
  const ScratchFolder folder;
  write_yolo(folder, "1 0.5 0.5 0.25 0.5\n");
  folder.write("data.yaml", "path: ./\nval: val.txt\nnames: [cup, dog]\n");
  folder.write("val.txt", "data/images/val/b.png\r\n\n");
  const auto labelled = read(folder);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  ASSERT_EQ(labelled->truth.images.size(), 1u);
  EXPECT_EQ(labelled->truth.images[0].file_name, "images/val/b.png");
  EXPECT_EQ(labelled->truth.annotations.size(), 1u);
  folder.write("val.txt", "../outside.png\n");
  EXPECT_NE(error_of(folder).find("/val.txt: "), std::string::npos) << error_of(folder);
}

// As CVAT and others export it for Darknet: labels lie beside the pictures.
TEST(Yolo, ReadsDarknetsLists) {
  const ScratchFolder folder;
  folder.write("obj.data", "classes = 2\ntrain = data/train.txt\nvalid = data/valid.txt\nnames = data/obj.names\nbackup = backup/\n");
  folder.write("obj.names", "cup\ndog\n");
  folder.write("valid.txt", "data/obj_valid_data/b.png\ndata/obj_valid_data/a.png\n");
  folder.write("obj_valid_data/a.png", picture(50, 40));
  folder.write("obj_valid_data/b.png", picture(200, 100));
  folder.write("obj_valid_data/b.txt", "1 0.5 0.5 0.25 0.5\n");
  std::vector<std::string> warnings;
  const auto labelled = read(folder, &warnings);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  ASSERT_EQ(labelled->truth.images.size(), 2u);
  EXPECT_EQ(labelled->truth.images[1].file_name, "obj_valid_data/b.png");
  ASSERT_EQ(labelled->truth.annotations.size(), 1u);
  EXPECT_EQ(labelled->truth.annotations[0].box, (BoxLtwh{75, 25, 50, 50}));
  EXPECT_EQ(warnings.size(), 1u);
  folder.write("obj.data", "classes = 2\nnames = obj.names\n");
  EXPECT_EQ(error_of(folder), "/obj.data: lacks 'valid = FILE'");
}

const char kBoxes[] = "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\n";

void write_openimages(const ScratchFolder& folder, const std::string& boxes) {
  folder.write("validation/aa.png", picture(200, 100));
  folder.write("validation/bb.png", picture(50, 40));
  folder.write("validation-annotations-bbox.csv", kBoxes + boxes);
  folder.write("validation-annotations-human-imagelabels.csv",
               "ImageID,Source,LabelName,Confidence\naa,verification,/m/dog,1\nbb,verification,/m/animal,0\nbb,verification,/m/cup,1\n"
               "bb,machine,/m/cup,0.5\nzz,verification,/m/cup,1\n");
  folder.write("class-descriptions-boxable.csv", "/m/cup,Cup\n/m/animal,\"Animal, any\"\n/m/dog,Dog\n/m/other,Other\n");
  folder.write("bbox_labels_600_hierarchy.json",
               R"({"LabelName": "/m/root", "Subcategory": [{"LabelName": "/m/animal", "Subcategory": [{"LabelName": "/m/dog"}]},
                  {"LabelName": "/m/cup"}]})");
}

TEST(OpenImages, IsReadWithTheClassesAbove) {
  const ScratchFolder folder;
  write_openimages(folder, "aa,x,/m/dog,1,0.25,0.5,0.1,0.3,0,0,1.0,0,0\r\ncc,x,/m/dog,1,0,1,0,1,0,0,0,0,0\n");
  std::vector<std::string> warnings;
  const auto labelled = read(folder, &warnings);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  const CocoGroundTruth& truth = labelled->truth;
  ASSERT_EQ(truth.images.size(), 2u);
  EXPECT_EQ(truth.images[0].file_name, "aa.png");
  ASSERT_EQ(truth.categories.size(), 3u);
  EXPECT_EQ(truth.categories[1].name, "Animal, any");
  ASSERT_EQ(truth.annotations.size(), 2u);
  for (const CocoAnnotation& annotation : truth.annotations) {
    EXPECT_EQ(annotation.box, (BoxLtwh{50, 10, 50, 20}));
    EXPECT_TRUE(annotation.is_crowd);
  }
  EXPECT_EQ(truth.annotations[0].category_id, 3);
  EXPECT_EQ(truth.annotations[1].category_id, 2);
  ASSERT_EQ(truth.verifications.size(), 2u);
  EXPECT_EQ(truth.verifications[0].absent, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(truth.verifications[1].absent, (std::vector<std::int64_t>{1, 2, 3}));
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("leaves out 1 picture that "), std::string::npos) << warnings[0];
}

TEST(OpenImages, NamesFileAndLine) {
  for (const auto& [boxes, words] : std::vector<std::pair<std::string, std::string>>{
           {"aa,x,/m/dog,1,0.25,1.5,0.1,0.3,0,0,1,0,0", "/validation-annotations-bbox.csv:2: 'XMax' is '1.5', expected 0 to 1"},
           {"\naa,x,/m/dog,1,0.25,0.2,0.1,0.3,0,0,1,0,0", "/validation-annotations-bbox.csv:3: the box ends before it begins"},
           {"aa,x,/m/dog,1,0.25", "/validation-annotations-bbox.csv:2: has 5 fields and none for 'XMax'"},
           {"aa,\"x,/m/dog", "/validation-annotations-bbox.csv:2: a quote does not end"},
           {"aa,x,/m/dog,1,0,1,0,1,0,0,yes,0,0", "/validation-annotations-bbox.csv:2: 'IsGroupOf' is 'yes', expected 1, 0 or -1"},
           {"aa,x,/m/cat,1,0,1,0,1,0,0,1,0,0", "/class-descriptions-boxable.csv: lacks the class '/m/cat', of which there are boxes"}}) {
    const ScratchFolder folder;
    write_openimages(folder, boxes);
    EXPECT_EQ(error_of(folder), words);
  }
}

TEST(OpenImages, RefusesOtherHierarchies) {
  std::string deep = R"({"LabelName": "/m/root")";
  for (int i = 0; i < 70; ++i) deep += R"(, "Subcategory": [{"LabelName": "/m/dog")";
  for (int i = 0; i < 70; ++i) deep += "}]";
  for (const auto& [hierarchy, words] : std::vector<std::pair<std::string, std::string>>{
           {"[]", "is no JSON object"},
           {"{", "is no JSON object"},
           {R"({"Subcategory": 1})", "a 'Subcategory' is no array"},
           {R"({"Subcategory": [{"LabelName": 1}]})", "a 'Subcategory' has an entry without 'LabelName'"},
           {deep + "}", "nests deeper than 64 classes"}}) {
    const ScratchFolder folder;
    write_openimages(folder, "");
    folder.write("bbox_labels_600_hierarchy.json", hierarchy);
    EXPECT_EQ(error_of(folder), "/bbox_labels_600_hierarchy.json: " + words);
  }
}

TEST(OpenImages, CountsNoObjectTwiceWhereAClassIsBelowItself) {
  const ScratchFolder folder;
  write_openimages(folder, "aa,x,/m/dog,1,0.25,0.5,0.1,0.3,0,0,0,0,0\n");
  folder.write("bbox_labels_600_hierarchy.json", R"({"Subcategory": [{"LabelName": "/m/dog", "Subcategory": [{"LabelName": "/m/dog"}]}]})");
  const auto labelled = read(folder);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  EXPECT_EQ(labelled->truth.annotations.size(), 1u);
}

TEST(OpenImages, TakesNoTwoPicturesOfOneName) {
  const ScratchFolder folder;
  write_openimages(folder, "");
  folder.write("validation/deep/aa.png", picture(20, 10));
  EXPECT_EQ(error_of(folder), "/validation: aa.png and deep/aa.png are of one ImageID; leave one of them there");
}

TEST(OpenImages, TakesNoTwoFilesOfOneKind) {
  const ScratchFolder folder;
  write_openimages(folder, "");
  folder.write("annotations/validation-annotations-bbox.csv", kBoxes);
  EXPECT_NE(error_of(folder).find("are of one kind"), std::string::npos) << error_of(folder);
}

std::string cvat(const std::string& images) {
  return "<?xml version='1.0'?><annotations><version>1.1</version><meta><task><labels><label><name>cup</name></label><label><name>dog"
         "</name></label></labels></task></meta>" +
         images + "</annotations>";
}

TEST(Cvat, IsReadWithPolygonsAndTurnedBoxes) {
  const ScratchFolder folder;
  folder.write("annotations.xml", cvat(R"(<image id="4" name="a/b.png" width="200" height="100">
      <box label="dog" occluded="0" xtl="10" ytl="20" xbr="30" ybr="60"><attribute name="x">1</attribute></box>
      <box label="dog" xtl="10" ytl="20" xbr="30" ybr="60" rotation="90"/>
      <polygon label="cat" points="5,6;9.5,7;8,12"/><polyline label="cup" points="1,1;2,2"/><tag label="cup"/></image>
    <image id="5" name="c.png" width="20" height="10"/>)"));
  folder.write("images/a/b.png", picture(200, 100));
  std::vector<std::string> warnings;
  const auto labelled = read(folder, &warnings);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  EXPECT_EQ(labelled->image_folder, folder.path() / "images");
  const CocoGroundTruth& truth = labelled->truth;
  ASSERT_EQ(truth.images.size(), 2u);
  EXPECT_EQ(truth.images[0].file_name, "a/b.png");
  EXPECT_EQ(truth.images[1].height, 10);
  ASSERT_EQ(truth.categories.size(), 3u);
  EXPECT_EQ(truth.categories[1].name, "dog");
  EXPECT_EQ(truth.categories[1].annotations, 2);
  ASSERT_EQ(truth.annotations.size(), 3u);
  EXPECT_EQ(truth.annotations[0].box, (BoxLtwh{10, 20, 20, 40}));
  EXPECT_NEAR(truth.annotations[1].box.left, 0, 1e-9);
  EXPECT_NEAR(truth.annotations[1].box.top, 30, 1e-9);
  EXPECT_NEAR(truth.annotations[1].box.width, 40, 1e-9);
  EXPECT_EQ(truth.annotations[2].box, (BoxLtwh{5, 6, 4.5, 6}));
  EXPECT_EQ(truth.annotations[2].category_id, 3);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("leaves out 1 shape: "), std::string::npos) << warnings[0];
}

TEST(Cvat, TakesTheSubsetOfThePart) {
  const ScratchFolder folder;
  folder.write("annotations.xml", cvat(R"(<image name="a.png" subset="Train" width="2" height="2"/>
                                           <image name="b.png" subset="Validation" width="2" height="2"/>)"));
  std::vector<std::string> warnings;
  const auto labelled = read(folder, &warnings);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  ASSERT_EQ(labelled->truth.images.size(), 1u);
  EXPECT_EQ(labelled->truth.images[0].file_name, "b.png");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("leaves out 1 picture of other subsets"), std::string::npos) << warnings[0];
}

TEST(Cvat, SaysThatNoSubsetIsOfThePart) {
  const ScratchFolder folder;
  folder.write("annotations.xml", cvat(R"(<image name="a.png" subset="Train" width="2" height="2"/>
                                           <image name="b.png" subset="default" width="2" height="2"/>)"));
  std::vector<std::string> warnings;
  const auto labelled = read(folder, &warnings);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  EXPECT_EQ(labelled->truth.images.size(), 2u);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("has no subset of that name and takes 1 picture of other subsets than 'val'"), std::string::npos)
      << warnings[0];
}

TEST(Cvat, NamesTheImageAndWhatIsWrong) {
  const auto image = [](const std::string& shape) { return cvat(R"(<image name="a.png" width="20" height="10">)" + shape + "</image>"); };
  for (const auto& [xml, words] : std::vector<std::pair<std::string, std::string>>{
           {"<annotations>", "byte 12: Start-end tags mismatch"},
           {"<coco/>", "has no element 'annotations'; export it as CVAT for images"},
           {"<annotations><track/></annotations>", "is CVAT's form for videos; export it as CVAT for images"},
           {cvat(R"(<image width="2" height="2"/>)"), "an 'image' has no 'name'"},
           {cvat(R"(<image name="a.png" width="0" height="2"/>)"), "image 'a.png': 'width' is 0, expected 1 to 1048576"},
           {image(R"(<box xtl="1" ytl="1" xbr="2" ybr="2"/>)"), "image 'a.png': a 'box' has no 'label'"},
           {image(R"(<box label="cup" xtl="1" ytl="1" xbr="2"/>)"), "image 'a.png': a 'box' lacks the number 'ybr'"},
           {image(R"(<box label="cup" xtl="1" ytl="1" xbr="1e99" ybr="2"/>)"), "image 'a.png': a 'box' lacks the number 'xbr'"},
           {image(R"(<box label="cup" xtl="3" ytl="1" xbr="2" ybr="2"/>)"), "image 'a.png': a 'box' ends before it begins"},
           {image(R"(<polygon label="cup" points="1,2;3"/>)"), "image 'a.png': a 'polygon' has no points x,y;x,y"},
           {image(R"(<polygon label="cup" points="1,x"/>)"), "image 'a.png': a 'polygon' has the point 'x'"}}) {
    const ScratchFolder folder;
    folder.write("annotations.xml", xml);
    EXPECT_EQ(error_of(folder), "/annotations.xml: " + words);
  }
}

std::string task(const std::string& image, const std::string& results) {
  return R"({"id": 1, "data": {"image": ")" + image + R"("}, "annotations": [{"was_cancelled": true, "result": [7]}, {"result": [)" +
         results + "]}]}";
}

std::string rectangle(const std::string& value) {
  return R"({"type": "rectanglelabels", "original_width": 200, "original_height": 100, "value": {)" + value + "}}";
}

TEST(LabelStudio, IsReadByTheNamesOfFiles) {
  const ScratchFolder folder;
  folder.write("pictures/a.png", picture(200, 100));
  folder.write("pictures/0123abcd-b.png", picture(200, 100));
  folder.write(
      "project-1.json",
      "[" +
          task("/data/upload/1/89abcdef-a.png",
               rectangle(R"("x": 10, "y": 20, "width": 5, "height": 30, "rectanglelabels": ["dog"])") + ", " +
                   rectangle(R"("x": 10, "y": 20, "width": 5, "height": 30, "rotation": 90, "rectanglelabels": ["cup"])")) +
          ", " +
          task("/data/local-files/?d=x/0123abcd-b.png",
               R"({"type": "polygonlabels", "original_width": 200, "original_height": 100, "value": {"points": [[1, 2], [3, 1], [2, 9]],
                            "polygonlabels": ["dog"]}}, {"type": "choices", "value": {"choices": ["x"]}})") +
          ", " + task("gone.png", "") + "]");
  std::vector<std::string> warnings;
  const auto labelled = read(folder, &warnings);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  const CocoGroundTruth& truth = labelled->truth;
  ASSERT_EQ(truth.images.size(), 2u);
  EXPECT_EQ(truth.images[0].file_name, "pictures/a.png");
  EXPECT_EQ(truth.images[0].width, 200);
  ASSERT_EQ(truth.categories.size(), 2u);
  EXPECT_EQ(truth.categories[0].annotations, 2);
  ASSERT_EQ(truth.annotations.size(), 3u);
  EXPECT_EQ(truth.annotations[0].box, (BoxLtwh{20, 20, 10, 30}));
  EXPECT_NEAR(truth.annotations[1].box.left, -10, 1e-9);
  EXPECT_NEAR(truth.annotations[1].box.top, 20, 1e-9);
  EXPECT_NEAR(truth.annotations[1].box.width, 30, 1e-9);
  EXPECT_NEAR(truth.annotations[1].box.height, 10, 1e-9);
  EXPECT_NEAR(truth.annotations[2].box.height, 8, 1e-9);
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_NE(warnings[0].find("leaves out 1 picture that "), std::string::npos) << warnings[0];
  EXPECT_NE(warnings[1].find("leaves out 1 label: "), std::string::npos) << warnings[1];
}

// A picture that waits to be annotated, or was skipped, is not one without objects.
TEST(LabelStudio, LeavesOutWhatNobodyHasAnnotated) {
  const ScratchFolder folder;
  for (const char* name : {"a.png", "b.png", "c.png"}) folder.write(name, picture(200, 100));
  folder.write("p.json", "[" + task("a.png", "") + R"(, {"data": {"image": "b.png"}, "annotations": [], "predictions": [{"result": []}]},
                                                      {"data": {"image": "c.png"}, "annotations": [{"was_cancelled": true}]}])");
  std::vector<std::string> warnings;
  const auto labelled = read(folder, &warnings);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  ASSERT_EQ(labelled->truth.images.size(), 1u);
  EXPECT_EQ(labelled->truth.images[0].file_name, "a.png");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("leaves out 2 pictures that nobody has annotated"), std::string::npos) << warnings[0];
}

// Coded and Windows' places, pictures of one name in several folders, several classes, a mark at the beginning, keys behind long lists.
TEST(LabelStudio, FindsWhatAddressesMean) {
  const ScratchFolder folder;
  for (const char* name : {"my a.png", "x/b.png", "y/b.png"}) folder.write(name, picture(200, 100));
  const std::string dog = rectangle(R"("x": 1, "y": 2, "width": 3, "height": 4, "rectanglelabels": ["dog", "cup"])");
  const std::string blanks(100'000, ' ');
  folder.write("p.json", "\xef\xbb\xbf[" + blanks + task("/data/upload/89abcdef-my%20a.png", dog) + "," +
                             task("/data/local-files/?d=set%5Cy\\\\b.png", dog) + "]");
  std::vector<std::string> warnings;
  const auto labelled = read(folder, &warnings);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  ASSERT_EQ(labelled->truth.images.size(), 2u);
  EXPECT_EQ(labelled->truth.images[0].file_name, "my a.png");
  EXPECT_EQ(labelled->truth.images[1].file_name, "y/b.png");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("takes the first class of 2 objects with several"), std::string::npos) << warnings[0];
  folder.write("p.json", "[" + task("upload/b.png", dog) + "]");
  EXPECT_EQ(error_of(folder), "/p.json: task 0: 'upload/b.png' may be x/b.png or y/b.png");
}

// <Rectangle> and <Labels> in the place of <RectangleLabels>: two results of one id, both with the shape.
TEST(LabelStudio, ReadsClassesApartFromShapes) {
  const ScratchFolder folder;
  folder.write("a.png", picture(200, 100));
  const auto result = [](const std::string& id, const std::string& type, const std::string& labels = "") {
    return R"({"id": ")" + id + R"(", "type": ")" + type + R"(", "original_width": 200, "original_height": 100, )" +
           R"("value": {"x": 10, "y": 20, "width": 5, "height": 30)" + labels + "}}";
  };
  folder.write("p.json", "[" +
                             task("a.png", result("q", "rectangle") + ", " + result("q", "labels", R"(, "labels": ["dog"])") +
                                               R"(, {"type": "relation", "from_id": "q"}, )" + result("r", "rectangle")) +
                             "]");
  std::vector<std::string> warnings;
  const auto labelled = read(folder, &warnings);
  ASSERT_TRUE(labelled.ok()) << labelled.error().message;
  ASSERT_EQ(labelled->truth.annotations.size(), 1u);
  EXPECT_EQ(labelled->truth.annotations[0].box, (BoxLtwh{20, 20, 10, 30}));
  EXPECT_EQ(labelled->truth.categories[0].name, "dog");
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("leaves out 1 label: "), std::string::npos) << warnings[0];
}

TEST(LabelStudio, NamesTheTaskAndWhatIsWrong) {
  for (const auto& [json, words] : std::vector<std::pair<std::string, std::string>>{
           {R"([{"data": {"n": 1}, "annotations": []}])",
            "/p.json: task 0: has no 'data' with the picture's address; export it as JSON, not JSON-MIN"},
           {"[" + task("a.png", rectangle(R"("x": 1, "y": 2, "width": 3, "rectanglelabels": ["dog"])")) + "]",
            "/p.json: task 0: 'a.png': lacks the number 'height'"},
           {"[" + task("a.png", rectangle(R"("x": 1, "y": 2, "width": -3, "height": 1, "rectanglelabels": ["dog"])")) + "]",
            "/p.json: task 0: 'a.png': has the size -3 x 1, expected none below 0"},
           {"[" + task("a.png", R"({"type": "polygonlabels", "value": {"polygonlabels": ["dog"]}})") + "]",
            "/p.json: task 0: 'a.png': lacks the number 'original_width'"},
           {"[" + task("a.png", ""), "/p.json: is no JSON array"}}) {
    const ScratchFolder folder;
    folder.write("a.png", picture(20, 10));
    folder.write("p.json", json);
    EXPECT_EQ(error_of(folder), words);
  }
}

}  // namespace
}  // namespace octet
