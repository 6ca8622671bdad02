#pragma once

#include <string>

namespace octet {

// A JPEG with this EXIF orientation.
inline std::string with_orientation(const std::string& jpeg_file, char orientation) {
  const std::string exif = std::string("Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 24) + orientation + std::string(7, '\0');
  return jpeg_file.substr(0, 2) + "\xff\xe1" + '\0' + static_cast<char>(exif.size() + 2) + exif + jpeg_file.substr(2);
}

}  // namespace octet
